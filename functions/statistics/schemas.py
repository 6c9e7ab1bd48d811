"""Answers of the routes of statistics."""

from datetime import date as date_
from typing import Any

from pydantic import AliasPath, Field

from guahao.contracts import Message

PLACED = "all orders, also those cancelled since"
BOOKED = "all but those cancelled"
PAID = "paid for, or free of charge, and not cancelled, whether the patient has come or not"


def of_day(figure: str, description: str | None = None) -> Any:
    """Declare a figure of a day."""
    return Field(validation_alias=AliasPath("figures", figure), description=description)


class BookingFigures(Message):
    placed: int = Field(description=PLACED)
    booked: int = Field(description=BOOKED)
    paid: int = Field(description=PAID)
    cancelled: int
    attended: int
    no_show: int


class DayOfBookings(Message):
    date: date_
    placed: int = of_day("placed", PLACED)
    booked: int = of_day("booked", BOOKED)
    paid: int = of_day("paid", PAID)
    cancelled: int = of_day("cancelled")
    attended: int = of_day("attended")
    no_show: int = of_day("no_show")


class BookingReport(Message):
    items: list[DayOfBookings] = Field(description="every day, also those without orders")
    totals: BookingFigures
