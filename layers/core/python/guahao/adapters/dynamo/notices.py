"""Notices that were sent and offers in them, kept as long as their messages may be repeated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pynamodb.attributes import TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError

from guahao.adapters.dynamo.base import Item, use_table
from guahao.domain.booking.bookable import HalfDay
from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.suspensions import Offer
from guahao.ports.notices.notices import SENDING

KEPT = timedelta(days=30)


class NoticeItem(Item):
    class Meta:
        table_name = ""

    notice_id = UnicodeAttribute(hash_key=True)
    claimed_at = UTCDateTimeAttribute()
    expires = TTLAttribute(null=True)


class DynamoSentNotices:
    """Claims on notices; see `ports.notices.notices.SentNotices` for what each method promises."""

    def __init__(self, table: str) -> None:
        use_table(NoticeItem, table)

    def claim(self, subject: str, kind: str, now: datetime) -> bool:
        claim = NoticeItem(f"{subject}#{kind}", claimed_at=now, expires=KEPT)
        try:
            claim.save(condition=NoticeItem.notice_id.does_not_exist())
            return True
        except PutError as error:
            _require_there(error)
        self._require_sent(claim)
        return False

    def release(self, subject: str, kind: str) -> None:
        NoticeItem(f"{subject}#{kind}").delete(condition=NoticeItem.notice_id.exists())

    def _require_sent(self, refused: NoticeItem) -> None:
        try:
            first = NoticeItem.get(refused.notice_id, consistent_read=True)
        except NoticeItem.DoesNotExist:
            first = refused  # the claim was taken back in between
        if first.claimed_at > refused.claimed_at - SENDING:
            raise Unavailable("The notice is being sent by somebody else. Ask again in a minute whether it was.")


class OfferItem(Item):
    """The offer to patients of a suspended schedule; without a schedule if there was none to offer."""

    class Meta:
        table_name = ""

    notice_id = UnicodeAttribute(hash_key=True)
    schedule_id = UnicodeAttribute(null=True)
    visit_date = UnicodeAttribute(null=True)
    half_day = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    doctor_name = UnicodeAttribute(null=True)
    expires = TTLAttribute(null=True)


class DynamoOffers:
    """Offers to patients of suspended schedules; see `ports.notices.offers.Offers` for what each method promises."""

    def __init__(self, table: str) -> None:
        use_table(OfferItem, table)

    def put(self, schedule_id: str, offer: Offer | None) -> None:
        item = OfferItem(f"offer/{schedule_id}", expires=KEPT)
        if offer:
            item.schedule_id, item.visit_date, item.half_day = offer.schedule_id, offer.date.isoformat(), offer.half_day.value
            item.title, item.doctor_name = offer.title, offer.doctor_name
        try:
            item.save(condition=OfferItem.notice_id.does_not_exist())
        except PutError as error:
            _require_there(error)

    def get(self, schedule_id: str) -> Offer | None:
        try:
            item = OfferItem.get(f"offer/{schedule_id}", consistent_read=True)
        except OfferItem.DoesNotExist:
            return None
        if not item.schedule_id:
            return None
        return Offer(item.schedule_id, date.fromisoformat(item.visit_date), HalfDay(item.half_day), item.title, item.doctor_name or "")


def _require_there(error: PutError) -> None:
    """Pass if the put failed because the item exists already, else raise the error."""
    if error.cause_response_code != "ConditionalCheckFailedException":
        raise error
