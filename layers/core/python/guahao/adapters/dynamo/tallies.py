"""Accounts' tallies of unpaid holds in the accounts table, apart from the user's record, so that neither disturbs the other."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.domain.booking.unpaid import Tally, Unpaid

TALLY = "tally"


class UnpaidMap(MapAttribute[str, Any]):
    order_id = UnicodeAttribute()
    schedule_id = UnicodeAttribute()
    person = UnicodeAttribute(default="")
    until = UTCDateTimeAttribute()
    ended_at = UTCDateTimeAttribute(null=True)

    def to_domain(self) -> Unpaid:
        """Return the hold that the map keeps."""
        return Unpaid(self.order_id, self.schedule_id, self.person, self.until, self.ended_at)


class TallyItem(AccountItem, discriminator="tally"):
    """An account's unpaid holds and those that ended so."""

    version = NumberAttribute()
    entries: ListAttribute[UnpaidMap] = ListAttribute(of=UnpaidMap)

    @classmethod
    def from_domain(cls, user_id: str, tally: Tally) -> TallyItem:
        """Return the item that keeps the tally, one version on."""
        return cls(user_id, TALLY, version=tally.version + 1, entries=[UnpaidMap(**one._asdict()) for one in tally.entries])

    def to_domain(self) -> Tally:
        """Return the tally that the item keeps."""
        return Tally(tuple(one.to_domain() for one in self.entries), int(self.version))


def read_tally(user_id: str) -> Tally:
    """Return the account's tally as last written."""
    try:
        return TallyItem.get(user_id, TALLY, consistent_read=True).to_domain()
    except TallyItem.DoesNotExist:
        return Tally()


def tally_unmoved(tally: Tally) -> Condition:
    """Return the condition that nobody has written the tally since it was read."""
    return TallyItem.version.does_not_exist() if tally.version == 0 else TallyItem.version == tally.version
