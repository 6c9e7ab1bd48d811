"""Sets the stage of a test on a running stack: a schedule of so many numbers, and so many verified users with a patient each.

Run as `python -m tests.e2e.stage NAME DAYS_AHEAD NUMBERS FIRST_PHONE USERS` with the functions' variables; prints JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from infra.seed.users import verified_user

from guahao.adapters.clock import utc_now
from guahao.bootstrap.hospitals.partners import partner_schedules
from guahao.contracts.partner import ScheduleEntry
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date

HOSPITAL, DEPARTMENT = "10001", "0101"


def main() -> None:
    name, (days_ahead, numbers, first_phone, users) = sys.argv[1], map(int, sys.argv[2:])
    visit = shanghai_date(utc_now()) + timedelta(days=days_ahead)
    entry = ScheduleEntry(
        hospital_schedule_id=name,
        department_code=DEPARTMENT,
        title="主任医师",
        doctor_name="林一",
        date=visit,
        half_day="afternoon",
        total=numbers,
        fee_fen=1000,
    )
    partner_schedules().publish_schedules(HOSPITAL, [entry])
    people = []
    for phone in map(str, range(first_phone, first_phone + users)):
        _, patient_id = verified_user(phone, f"林{phone[-2:]}")
        people.append({"phone": phone, "patientId": patient_id})
    print(json.dumps({"scheduleId": schedule_id_of(HOSPITAL, name), "people": people}))


if __name__ == "__main__":
    main()
