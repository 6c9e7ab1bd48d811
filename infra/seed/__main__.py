"""Loads the demo data: `python -m infra.seed --accounts FILE`, as often as one likes."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from guahao.adapters.clock import utc_now
from guahao.adapters.mongo.catalog import ensure_indexes
from guahao.bootstrap import parts
from guahao.bootstrap.dictionary.imports import dictionary_publisher
from guahao.bootstrap.hospitals.hospital_settings import hospital_setting_service
from guahao.bootstrap.hospitals.partners import partner_departments, partner_hospital, partner_schedules
from guahao.contracts.partner import DepartmentEntry, HospitalEntry, ScheduleEntry
from guahao.domain.catalog.booking_rule import window
from guahao.domain.catalog.catalog import Hospital
from guahao.domain.errors import DomainError, Unavailable
from guahao.runtime import settings
from guahao.runtime.settings import MissingSetting
from guahao.usecases.hospitals.partner_departments import PartnerDepartments
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from infra.secret_files import new_secret_file
from infra.seed.departments import departments_of
from infra.seed.dictionary import load_dictionary
from infra.seed.hospitals import demo_hospitals
from infra.seed.owner import demo_owner
from infra.seed.partners import Partners
from infra.seed.schedules import schedules_of
from infra.seed.users import verified_user

DEMO_PHONE, DEMO_NAME = "13800000001", "演示用户"
_HOSPITALS_AT_ONCE = 6
PAUSES_SECONDS = (2, 5, 10)


@dataclass(frozen=True)
class Loader:
    """Loads one hospital after another, or several at once; what is there already is left as it is."""

    hospital: PartnerHospital
    departments: PartnerDepartments
    schedules: PartnerSchedules
    partners: Partners

    def load(self, hospital: Hospital, *, shows_states: bool) -> str:
        """Bring the hospital up to its whole cycle from today and return a line that says what was added."""
        catalog, code = self.hospital.catalog, hospital.hospital_code
        self.partners.agree(code, hospital.name)
        if catalog.hospital(code) is None:
            self.departments.publish_departments(code, [DepartmentEntry.model_validate(d) for d in departments_of(code)])
            self.hospital.publish_hospital(code, HospitalEntry.model_validate(hospital))
            catalog.set_online(code, True)
        first, last = window(hospital.booking_rule, utc_now())
        there = {s.schedule_id for s in catalog.schedules(code, None, first, last)}
        wanted = schedules_of(hospital, first, last, shows_states=shows_states)
        missing = [s for s in wanted if s.schedule_id not in there]
        self.schedules.publish_schedules(code, [ScheduleEntry.model_validate(s) for s in missing])
        return f"{code} {hospital.name}: {len(wanted)} schedules, {len(missing)} of them new with {sum(s.total for s in missing)} numbers"


def _load_patiently(owner: Path | None) -> dict[str, dict[str, str]]:
    """Load, and again if a part did not answer in time: on a busy machine the first calls may take long. What is there is kept."""
    for pause in PAUSES_SECONDS:
        try:
            return _load(owner)
        except Unavailable as error:
            print(f"{error.detail} Trying again in {pause} s.", flush=True)
            sleep(pause)
    return _load(owner)


def main() -> None:
    """Load hospitals and accounts, telling each step."""
    parser = argparse.ArgumentParser(prog="python -m infra.seed", description="Load the demo data; what exists is kept.")
    parser.add_argument("--accounts", type=Path, metavar="FILE", help="where to write the demo accounts as JSON")
    parser.add_argument("--owner", type=Path, metavar="FILE", help="where a demo owner's credentials are kept; without it there is none")
    options = parser.parse_args()
    started = perf_counter()
    try:
        accounts = _load_patiently(options.owner)
    except (DomainError, MissingSetting, OSError) as error:
        sys.exit(f"Loading the demo data failed: {getattr(error, 'detail', error)}")
    if options.accounts:
        options.accounts.unlink(missing_ok=True)
        with new_secret_file(options.accounts) as file:
            json.dump(accounts, file)
    print(f"demo data complete after {perf_counter() - started:.1f} s")


def _load(owner_file: Path | None) -> dict[str, dict[str, str]]:
    ensure_indexes(parts.mongodb())
    _, patient_id = verified_user(DEMO_PHONE, DEMO_NAME)
    print(f"demo patient {patient_id} of {DEMO_PHONE}")
    accounts = {"patient": {"phone": DEMO_PHONE, "patientId": patient_id}}
    if owner_file:
        owner = demo_owner(owner_file)
        accounts["owner"] = {name: owner[name] for name in ("username", "password", "totpSecret")}
        print(f"demo owner {owner['username']}, credentials in {owner_file}")
    loader = Loader(
        hospital=partner_hospital(),
        departments=partner_departments(),
        schedules=partner_schedules(),
        partners=Partners(
            settings=hospital_setting_service(),
            access=parts.hospital_access(),
            simulator_url=settings.text("HOSPITAL_SIMULATOR_URL"),
        ),
    )
    hospitals = demo_hospitals()
    with ThreadPoolExecutor(1 + _HOSPITALS_AT_ONCE) as pool:
        dictionary = pool.submit(load_dictionary, dictionary_publisher())
        for line in pool.map(lambda hospital: loader.load(hospital, shows_states=hospital is hospitals[0]), hospitals):
            print(line, flush=True)
        print(dictionary.result())
    return accounts


if __name__ == "__main__":
    main()
