"""What the routes of locks and keys take and answer."""

from datetime import timedelta

from pydantic import AliasPath, Field

from guahao.contracts import Instant, Message


class KeyRotation(Message):
    overlap_hours: int = Field(24, strict=True, ge=0, le=168, description="how long the present key stays good")

    @property
    def overlap(self) -> timedelta:
        return timedelta(hours=self.overlap_hours)


class ContractView(Message):
    hospital_code: str
    name: str
    api_url: str
    contact_name: str
    contact_phone: str = Field(validation_alias=AliasPath("masked_contact_phone"), description="masked")
    created_at: Instant
    locked: bool
    lock_reason: str
    previous_key_until: Instant | None = Field(description="until when the key before is good")


class KeyedContractView(ContractView):
    key: str = Field(description="32 bytes in hexadecimal digits, used as the text that they are; shown this once")
