"""Builder of the use case that shows hospitals."""

from functools import cache

from guahao.bootstrap import parts
from guahao.usecases.catalog.catalog import Hospitals


@cache
def hospitals() -> Hospitals:
    return Hospitals(parts.catalog(), parts.dictionary_service())
