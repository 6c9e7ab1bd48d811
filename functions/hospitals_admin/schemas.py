"""Answers of the operators' routes of the catalogue."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import HospitalAnswer


class CatalogueHospital(HospitalAnswer):
    locked: bool


class CatalogueHospitals(PageAnswer[CatalogueHospital]):
    pass
