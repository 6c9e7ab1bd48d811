"""The accounts table. All items of one owner, a user or a person, share a partition."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute

from guahao.adapters.dynamo.base import Item


class AccountItem(Item):
    """Any item of the table. `kind` names its kind, so that one request can read items of several kinds."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
