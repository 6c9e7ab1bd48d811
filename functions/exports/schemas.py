"""What the routes of exports take."""

from typing import Literal

from pydantic import Field

from guahao.contracts import Message


class DictionaryFilter(Message):
    """The dictionary is exported as a whole."""


class NewExport(Message):
    kind: Literal["dictionary"]
    filter: DictionaryFilter = Field(default_factory=DictionaryFilter)
