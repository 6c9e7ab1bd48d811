"""When what hospitals publish was last signed, beside the catalogue, where it outlives what is removed."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.database import Database

from guahao.adapters.mongo.client import Document, catalogue_faults


class MongoPublications:
    """The latest publications; see `ports.hospitals.partners.Publications`."""

    def __init__(self, database: Database[Document]) -> None:
        self._publications = database["publications"]

    def latest(self, names: Sequence[str]) -> dict[str, int]:
        with catalogue_faults():
            return {found["_id"]: int(found["signed_at"]) for found in self._publications.find({"_id": {"$in": list(names)}})}

    def note(self, names: Sequence[str], signed_at: int) -> None:
        notes = [UpdateOne({"_id": name}, {"$max": {"signed_at": signed_at}}, upsert=True) for name in names]
        if notes:
            with catalogue_faults():
                self._publications.bulk_write(notes, ordered=False)
