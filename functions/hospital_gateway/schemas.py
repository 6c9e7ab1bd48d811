"""What a hospital is answered about itself and its orders."""

from typing import Literal

from guahao.contracts import Message
from guahao.contracts.gateway import ClockTime


class OwnBookingRuleAnswer(Message):
    cycle_days: int
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int
    quit_time: ClockTime
    notes: tuple[str, ...]


class OwnHospitalAnswer(Message):
    hospital_code: str
    name: str
    grade: int
    province_code: str
    city_code: str
    district_code: str
    address: str
    logo_url: str
    introduction: str
    route: str
    online: bool
    booking_rule: OwnBookingRuleAnswer


class AttendanceAnswer(Message):
    order_id: str
    state: Literal["checkedIn"]
