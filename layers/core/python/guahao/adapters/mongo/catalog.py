"""The catalogue in MongoDB. It uses only equality, ranges, escaped patterns and plain sorts, which all servers treat alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pymongo import ASCENDING, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from guahao.adapters.mongo.client import Document, catalogue_faults
from guahao.adapters.mongo.documents import (
    LOCKED,
    OFFLINE,
    ONLINE,
    OPEN,
    department_document,
    department_key,
    published_fields,
    read_department,
    read_hospital,
    read_schedule,
    schedule_document,
)
from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.catalog.catalog import Department, Hospital
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.texts import folded
from guahao.ports.catalog.catalog import HospitalFilter, Standing
from guahao.ports.pages import Page

# The order of schedules in time.
_IN_TIME = [("date", ASCENDING), ("half_day", ASCENDING), ("_id", ASCENDING)]
_STATE_AND_ACCESS: dict[Standing | None, tuple[str, str]] = {
    None: ("", ""),
    Standing.ONLINE: (ONLINE, OPEN),
    Standing.OFFLINE: (OFFLINE, ""),
    Standing.LOCKED: ("", LOCKED),
}


class MongoCatalog:
    """The catalogue; each method is one request, unless it says otherwise."""

    def __init__(self, database: Database[Document]) -> None:
        self._hospitals = database["hospitals"]
        self._departments = database["departments"]
        self._schedules = database["schedules"]

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> Page[Hospital]:
        """Return a page of hospitals in the order of their codes."""
        found, next_cursor = _page(self._hospitals, _query(wanted), "_id", limit, cursor)
        return Page([read_hospital(document) for document in found], next_cursor)

    def hospital(self, hospital_code: str) -> Hospital | None:
        """Return the hospital, online or not."""
        with catalogue_faults():
            found = self._hospitals.find_one({"_id": hospital_code})
        return read_hospital(found) if found else None

    def hospitals_by_code(self, hospital_codes: Sequence[str]) -> list[Hospital]:
        """Return those of the hospitals that exist."""
        with catalogue_faults():
            found = list(self._hospitals.find({"_id": {"$in": list(hospital_codes)}}))
        return [read_hospital(document) for document in found]

    def departments(self, hospital_code: str) -> list[Department]:
        """Return the hospital's departments in the order of group and department codes."""
        with catalogue_faults():
            found = list(self._departments.find({"hospital_code": hospital_code}).sort([("group_code", ASCENDING), ("_id", ASCENDING)]))
        return [read_department(document) for document in found]

    def department_page(self, hospital_code: str, limit: int, cursor: str | None) -> Page[Department]:
        """Return a page of the hospital's departments in the order of their codes."""
        found, next_cursor = _page(self._departments, {"hospital_code": hospital_code}, "department_code", limit, cursor)
        return Page([read_department(document) for document in found], next_cursor)

    def department(self, hospital_code: str, department_code: str) -> Department | None:
        """Return the one department."""
        with catalogue_faults():
            found = self._departments.find_one({"_id": department_key(hospital_code, department_code)})
        return read_department(found) if found else None

    def departments_by_code(self, codes: Sequence[tuple[str, str]]) -> list[Department]:
        """Return those of the departments that exist."""
        with catalogue_faults():
            found = list(self._departments.find({"_id": {"$in": [department_key(*code) for code in codes]}}))
        return [read_department(document) for document in found]

    def departments_named(self, name_part: str, hospital_codes: Sequence[str], limit: int) -> list[Department]:
        """Return departments of these hospitals whose names contain the text, in the order of their codes."""
        query = {"hospital_code": {"$in": list(hospital_codes)}, "folded_name": _containing(name_part)}
        with catalogue_faults():
            found = list(self._departments.find(query).sort("_id", ASCENDING).limit(limit))
        return [read_department(document) for document in found]

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        """Return the schedules of a department, or of all, from the first to the last day, in the order of day and half-day."""
        query: Document = {"hospital_code": hospital_code, "date": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        if department_code is not None:
            query["department_code"] = department_code
        with catalogue_faults():
            found = list(self._schedules.find(query).sort(_IN_TIME))
        return [read_schedule(document) for document in found]

    def open_schedules(self, departments: Sequence[tuple[str, str]], first: date, last: date, limit: int) -> list[Schedule]:
        """Return the earliest open schedules of the departments from the first to the last day, in the order of day and half-day."""
        query: Document = {
            "department": {"$in": [department_key(*code) for code in departments]},
            "date": {"$gte": first.isoformat(), "$lte": last.isoformat()},
            "state": str(ScheduleState.OPEN),
        }
        with catalogue_faults():
            found = list(self._schedules.find(query).sort(_IN_TIME).limit(limit))
        return [read_schedule(document) for document in found]

    def schedule_page(self, hospital_code: str, day: date | None, limit: int, cursor: str | None) -> Page[Schedule]:
        """Return a page of the hospital's schedules, of a day or of all, in the order of the hospital's own ids."""
        query = {"hospital_code": hospital_code, **({"date": day.isoformat()} if day else {})}
        found, next_cursor = _page(self._schedules, query, "hospital_schedule_id", limit, cursor)
        return Page([read_schedule(document) for document in found], next_cursor)

    def schedule_ids(self, hospital_code: str, department_codes: Sequence[str] | None, first: date, last: date) -> list[str]:
        """Return the ids of the schedules of some departments, or of all, from the first to the last day."""
        query: Document = {"hospital_code": hospital_code, "date": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        if department_codes is not None:
            query["department_code"] = {"$in": list(department_codes)}
        with catalogue_faults():
            return [document["_id"] for document in self._schedules.find(query, {"_id": 1})]

    def suspended_ids(self, first: date) -> list[str]:
        """Return the ids of the suspended schedules of this day and later ones."""
        query: Document = {"state": str(ScheduleState.SUSPENDED), "date": {"$gte": first.isoformat()}}
        with catalogue_faults():
            return [document["_id"] for document in self._schedules.find(query, {"_id": 1})]

    def out_of_step_ids(self, first: date) -> list[str]:
        """Return the ids of the schedules of this day and later ones that are out of step with their numbers."""
        query: Document = {"in_step": False, "date": {"$gte": first.isoformat()}}
        with catalogue_faults():
            return [document["_id"] for document in self._schedules.find(query, {"_id": 1})]

    def schedule(self, schedule_id: str) -> Schedule | None:
        """Return the one schedule."""
        with catalogue_faults():
            found = self._schedules.find_one({"_id": schedule_id})
        return read_schedule(found) if found else None

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        """Return those of the schedules that exist."""
        with catalogue_faults():
            found = list(self._schedules.find({"_id": {"$in": list(schedule_ids)}}))
        return [read_schedule(document) for document in found]

    def put_hospital(self, hospital: Hospital) -> None:
        """Store what a hospital publishes about itself, replacing what is there. Online and locked stay; a new hospital is neither."""
        published = published_fields(hospital)
        with catalogue_faults():
            if not self._set(hospital.hospital_code, published):
                try:
                    self._hospitals.insert_one({"_id": hospital.hospital_code, **published, "state": OFFLINE, "access": OPEN})
                except DuplicateKeyError:  # somebody was faster
                    self._set(hospital.hospital_code, published)

    def set_online(self, hospital_code: str, online: bool) -> None:
        """Put an existing hospital online or offline."""
        with catalogue_faults():
            self._set(hospital_code, {"state": ONLINE if online else OFFLINE})

    def set_locked(self, hospital_code: str, locked: bool) -> None:
        """Lock or unlock an existing hospital."""
        with catalogue_faults():
            self._set(hospital_code, {"access": LOCKED if locked else OPEN})

    def put_departments(self, departments: Sequence[Department]) -> None:
        """Store the departments, replacing what is there."""
        _put(self._departments, map(department_document, departments))

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        """Store the schedules, replacing what is there, or raise Unavailable if one of them was suspended in the meantime."""
        _put(self._schedules, map(schedule_document, schedules), unless_suspended=True)

    def remove_department(self, hospital_code: str, department_code: str) -> None:
        """Remove the department if it is there."""
        with catalogue_faults():
            self._departments.delete_one({"_id": department_key(hospital_code, department_code)})

    def remove_schedule(self, schedule_id: str) -> None:
        """Remove the schedule if it is there."""
        with catalogue_faults():
            self._schedules.delete_one({"_id": schedule_id})

    def _set(self, hospital_code: str, values: Document) -> bool:
        """Set the values on the hospital; return False if there is none."""
        return self._hospitals.update_one({"_id": hospital_code}, {"$set": values}).matched_count > 0


def ensure_indexes(database: Database[Document]) -> None:
    """Create the indexes that the catalogue's queries use; loading data calls it, requests never do."""
    with catalogue_faults():
        database["hospitals"].create_index([("state", ASCENDING), ("province_code", ASCENDING), ("city_code", ASCENDING)])
        database["departments"].create_index([("hospital_code", ASCENDING), ("group_code", ASCENDING)])
        database["departments"].create_index([("hospital_code", ASCENDING), ("department_code", ASCENDING)])
        database["departments"].create_index([("hospital_code", ASCENDING), ("folded_name", ASCENDING)])
        database["schedules"].create_index([("hospital_code", ASCENDING), ("department_code", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("department", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("hospital_code", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("state", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("in_step", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("hospital_code", ASCENDING), ("hospital_schedule_id", ASCENDING)])


def _query(wanted: HospitalFilter) -> Document:
    state, access = _STATE_AND_ACCESS[wanted.standing]
    asked: Document = {
        "state": state,
        "access": access,
        "grade": int(wanted.grade) if wanted.grade else 0,
        "province_code": wanted.province_code,
        "city_code": wanted.city_code,
        "district_code": wanted.district_code,
    }
    query = {name: value for name, value in asked.items() if value}
    if folded(wanted.name_part):
        query["folded_name"] = _containing(wanted.name_part)
    return query


def _containing(text: str) -> Document:
    return {"$regex": re.escape(folded(text))}


def _page(collection: Collection[Document], query: Document, key: str, limit: int, cursor: str | None) -> tuple[list[Document], str | None]:
    """Return the next documents in the order of the key, and the last one's key if there are more."""
    if cursor:
        query = {**query, key: {"$gt": cursor}}
    with catalogue_faults():
        # One more is read to know whether there is a next page.
        found = list(collection.find(query).sort(key, ASCENDING).limit(limit + 1))
    return found[:limit], found[limit - 1][key] if len(found) > limit else None


def _put(collection: Collection[Document], documents: Iterable[Document], *, unless_suspended: bool = False) -> None:
    living = {"state": {"$in": [str(ScheduleState.OPEN), str(ScheduleState.CLOSED)]}}
    # The filter leaves out a suspended schedule, and inserting beside it fails, because its key is taken.
    replacements = [
        ReplaceOne({"_id": d["_id"], **(living if unless_suspended and d["state"] != ScheduleState.SUSPENDED else {})}, d, upsert=True)
        for d in documents
    ]
    if replacements:
        with catalogue_faults():
            collection.bulk_write(replacements, ordered=False)
