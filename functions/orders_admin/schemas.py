"""Answers of the routes of all orders."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import Registration


class RegistrationList(PageAnswer[Registration]):
    pass
