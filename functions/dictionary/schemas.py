"""Answers of the routes of the dictionary."""

from typing import Self

from guahao.contracts import Message


class EntryAnswer(Message):
    id: int
    parent_id: int
    name: str
    value: str
    code: str
    has_children: bool


class EntriesAnswer(Message):
    items: list[EntryAnswer]


class NameAnswer(Message):
    code: str
    value: str
    name: str


class NamesAnswer(Message):
    items: list[NameAnswer]

    @classmethod
    def of(cls, names: dict[tuple[str, str], str]) -> Self:
        """Return the answer with these names."""
        return cls(items=[NameAnswer(code=code, value=value, name=name) for (code, value), name in sorted(names.items())])
