"""Which notices were sent, for as long as a message could come again."""

from __future__ import annotations

from datetime import timedelta

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from guahao.adapters.dynamo.base import Item, use_table

KEPT = timedelta(days=30)


class NoticeItem(Item):
    class Meta:
        table_name = ""

    notice_id = UnicodeAttribute(hash_key=True)
    expires = TTLAttribute(null=True)


class DynamoSentNotices:
    """Claims on notices; see `ports.notices.SentNotices`."""

    def __init__(self, table: str) -> None:
        use_table(NoticeItem, table)

    def claim(self, subject: str, kind: str) -> bool:
        try:
            NoticeItem(f"{subject}#{kind}", expires=KEPT).save(condition=NoticeItem.notice_id.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def release(self, subject: str, kind: str) -> None:
        NoticeItem(f"{subject}#{kind}").delete(condition=NoticeItem.notice_id.exists())
