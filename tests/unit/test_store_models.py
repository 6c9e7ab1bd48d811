"""PynamoDB models that share a table and a connection."""

from __future__ import annotations

from typing import Any

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from guahao.adapters.dynamo.base import Item, connection, use_table


class ByName(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_name"
        projection = AllProjection()

    name = UnicodeAttribute(hash_key=True)


@pytest.mark.parametrize("first", [0, 1])
def test_an_index_is_known_whichever_model_of_the_table_is_used_first(first: int) -> None:
    class Plain(Item):
        class Meta:
            table_name = ""

        key = UnicodeAttribute(hash_key=True)

    class Indexed(Item):
        class Meta:
            table_name = ""

        by_name = ByName()
        key = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute()

    models: list[type[Item]] = [Plain, Indexed]
    for model in (models[first], models[1 - first]):
        use_table(model, f"table-{first}")
        model._get_connection()
    assert connection().get_meta_table(f"table-{first}").has_index_name("by_name")
