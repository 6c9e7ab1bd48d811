"""How a hospital lists its departments."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import DepartmentAnswer


class OwnDepartmentAnswer(DepartmentAnswer):
    group_code: str
    group_name: str


class OwnDepartmentsAnswer(PageAnswer[OwnDepartmentAnswer]):
    pass
