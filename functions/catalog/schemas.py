"""Answers of the routes of hospitals and departments."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import HospitalAnswer


class HospitalsAnswer(PageAnswer[HospitalAnswer]):
    pass
