"""The catalogue in MongoDB: equality, ranges, escaped patterns and plain sorts only, so that every server answers alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pymongo import ASCENDING, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database

from guahao.adapters.mongo.client import Document, catalogue_faults
from guahao.adapters.mongo.documents import (
    ONLINE,
    department_document,
    department_key,
    hospital_document,
    read_department,
    read_hospital,
    read_schedule,
    schedule_document,
)
from guahao.domain.catalog import Department, Hospital, Schedule, folded
from guahao.ports.catalog import HospitalFilter, HospitalPage


class MongoCatalog:
    """The catalogue, each method one request."""

    def __init__(self, database: Database[Document]) -> None:
        self._hospitals = database["hospitals"]
        self._departments = database["departments"]
        self._schedules = database["schedules"]

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> HospitalPage:
        """Return a page of hospitals in the order of their codes; the cursor is the last code of the page before."""
        query = _query(wanted)
        if cursor:
            query["_id"] = {"$gt": cursor}
        with catalogue_faults():
            # One more than asked for tells whether there is a next page.
            found = list(self._hospitals.find(query).sort("_id", ASCENDING).limit(limit + 1))
        items = [read_hospital(document) for document in found[:limit]]
        return HospitalPage(items, items[-1].hospital_code if len(found) > limit else None)

    def hospital(self, hospital_code: str) -> Hospital | None:
        """Return the hospital, online or not."""
        with catalogue_faults():
            found = self._hospitals.find_one({"_id": hospital_code})
        return read_hospital(found) if found else None

    def departments(self, hospital_code: str) -> list[Department]:
        """Return the hospital's departments in the order of group and department codes."""
        with catalogue_faults():
            found = list(self._departments.find({"hospital_code": hospital_code}).sort([("group_code", ASCENDING), ("_id", ASCENDING)]))
        return [read_department(document) for document in found]

    def department(self, hospital_code: str, department_code: str) -> Department | None:
        """Return the one department."""
        with catalogue_faults():
            found = self._departments.find_one({"_id": department_key(hospital_code, department_code)})
        return read_department(found) if found else None

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        """Return the sessions of a department, or of all, from the first to the last day, in the order of day and half-day."""
        query: Document = {"hospital_code": hospital_code, "date": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        if department_code is not None:
            query["department_code"] = department_code
        with catalogue_faults():
            found = list(self._schedules.find(query).sort([("date", ASCENDING), ("half_day", ASCENDING), ("_id", ASCENDING)]))
        return [read_schedule(document) for document in found]

    def schedule(self, schedule_id: str) -> Schedule | None:
        """Return the one session."""
        with catalogue_faults():
            found = self._schedules.find_one({"_id": schedule_id})
        return read_schedule(found) if found else None

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        """Return those of the sessions that exist."""
        with catalogue_faults():
            found = list(self._schedules.find({"_id": {"$in": list(schedule_ids)}}))
        return [read_schedule(document) for document in found]

    def put_hospital(self, hospital: Hospital) -> None:
        """Store the hospital over what is there."""
        _put(self._hospitals, [hospital_document(hospital)])

    def put_departments(self, departments: Sequence[Department]) -> None:
        """Store the departments over what is there."""
        _put(self._departments, map(department_document, departments))

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        """Store the sessions over what is there."""
        _put(self._schedules, map(schedule_document, schedules))


def ensure_indexes(database: Database[Document]) -> None:
    """Make the indexes that the catalogue's queries use; whoever loads data calls it, a request never does."""
    with catalogue_faults():
        database["hospitals"].create_index([("state", ASCENDING), ("province_code", ASCENDING), ("city_code", ASCENDING)])
        database["departments"].create_index([("hospital_code", ASCENDING), ("group_code", ASCENDING)])
        database["schedules"].create_index([("hospital_code", ASCENDING), ("department_code", ASCENDING), ("date", ASCENDING)])
        database["schedules"].create_index([("hospital_code", ASCENDING), ("date", ASCENDING)])


def _query(wanted: HospitalFilter) -> Document:
    asked: Document = {
        "state": ONLINE if wanted.online_only else "",
        "grade": int(wanted.grade) if wanted.grade else 0,
        "province_code": wanted.province_code,
        "city_code": wanted.city_code,
        "district_code": wanted.district_code,
    }
    query = {name: value for name, value in asked.items() if value}
    if name_part := folded(wanted.name_part):
        query["folded_name"] = {"$regex": re.escape(name_part)}
    return query


def _put(collection: Collection[Document], documents: Iterable[Document]) -> None:
    replacements = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
    if replacements:
        with catalogue_faults():
            collection.bulk_write(replacements, ordered=False)
