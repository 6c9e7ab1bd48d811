"""The administrators table. The account of an administrator and its logins share a partition."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute

from guahao.adapters.dynamo.base import Item

ADMINISTRATOR = "administrator"


class AdministratorItem(Item):
    """Any item of the table; `kind` names its kind. The account itself lies under ADMINISTRATOR."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
