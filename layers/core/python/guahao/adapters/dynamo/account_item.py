"""The accounts table: everything of one owner, a user or a person, lies together."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute

from guahao.adapters.dynamo.base import Item


class AccountItem(Item):
    """Any item of the table. `kind` tells which, so that one request may read items of several kinds."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
