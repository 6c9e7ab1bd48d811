"""How a hospital lists its departments."""

from pydantic import Field

from guahao.contracts import Message, Query
from guahao.contracts.gateway import Key


class OwnDepartmentsQuery(Query):
    limit: int = Field(20, ge=1, le=100)
    cursor: Key | None = None


class OwnDepartmentAnswer(Message):
    department_code: str
    name: str
    introduction: str
    group_code: str
    group_name: str


class OwnDepartmentsAnswer(Message):
    items: list[OwnDepartmentAnswer]
    next_cursor: str | None
