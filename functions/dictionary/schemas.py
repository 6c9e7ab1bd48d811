"""The dictionary on the wire."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field

from guahao.contracts import Message, Query

_MOST_TERMS = 200


def _of_many(text: str) -> str:
    if len(text.split(",")) > _MOST_TERMS:
        raise ValueError(f"at most {_MOST_TERMS} values in one call")
    return text


class NamesQuery(Query):
    of: Annotated[str, AfterValidator(_of_many)] = Field(
        pattern=r"^[^:,]+:[^:,]+(,[^:,]+:[^:,]+)*$",
        max_length=8000,
        description="codes of roots with a value below each, Hostype:1,Province:110000, up to 200",
    )

    @property
    def terms(self) -> list[tuple[str, str]]:
        """The pairs of code and value."""
        return [(code, value) for code, value in (term.split(":") for term in self.of.split(","))]


class LevelQuery(Query):
    parent_id: int = Field(0, ge=0)


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
        """Return the answer that tells these names."""
        return cls(items=[NameAnswer(code=code, value=value, name=name) for (code, value), name in sorted(names.items())])
