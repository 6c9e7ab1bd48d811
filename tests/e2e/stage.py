"""Sets the stage of a test on a running stack: a session of so many numbers, and so many verified users with a patient each.

Run as `python -m tests.e2e.stage NAME DAYS_AHEAD NUMBERS FIRST_PHONE USERS` with the functions' variables; prints JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from infra.seed.users import verified_user

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.catalog import Schedule, schedule_id_of
from guahao.domain.sessions import HalfDay, ScheduleState
from guahao.domain.time import shanghai_date
from guahao.runtime import settings
from guahao.usecases.gateway import Publishing

HOSPITAL, DEPARTMENT = "10001", "0101"


def main() -> None:
    name, (days_ahead, numbers, first_phone, users) = sys.argv[1], map(int, sys.argv[2:])
    visit = shanghai_date(utc_now()) + timedelta(days=days_ahead)
    schedule = Schedule(
        schedule_id_of(HOSPITAL, name),
        HOSPITAL,
        name,
        DEPARTMENT,
        visit,
        HalfDay.AFTERNOON,
        "主任医师",
        "林一",
        "",
        1000,
        numbers,
        ScheduleState.OPEN,
    )
    catalog = MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
    Publishing(catalog, DynamoNumbers(settings.text("NUMBERS_TABLE"))).publish_schedules([schedule])
    people = []
    for phone in map(str, range(first_phone, first_phone + users)):
        _, patient_id = verified_user(phone, f"林{phone[-2:]}")
        people.append({"phone": phone, "patientId": patient_id})
    print(json.dumps({"scheduleId": schedule.schedule_id, "people": people}))


if __name__ == "__main__":
    main()
