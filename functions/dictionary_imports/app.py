"""Imports of the dictionary from a spreadsheet."""

from guahao.bootstrap.dictionary.imports import import_service
from guahao.contracts.views import JobView
from guahao.runtime.api import Allow, Answer, Api, Call, created

handler = Api("dictionary_imports")
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@handler.route(
    "POST",
    "/api/admin/dictionary/imports",
    allow=Allow.OPERATOR,
    media_type=SPREADSHEET,
    answer=JobView,
    status=201,
    idempotent_if_asked=True,
)
def request(call: Call[None]) -> Answer:
    """Start to replace the dictionary by the sheet in the body, of up to 4 MB and 100,000 rows: all or nothing if a row has a fault."""
    status = import_service().request(call.principal, call.idempotency_key, call.raw_bytes)
    return created(f"/api/admin/dictionary/imports/{status.job.job_id}", JobView.model_validate(status))


@handler.route("GET", "/api/admin/dictionary/imports/{jobId}", allow=Allow.OPERATOR, answer=JobView)
def read(call: Call[None]) -> JobView:
    """Return how far an import is; one that failed names its faults and where to download the sheet with all of them marked."""
    return JobView.model_validate(import_service().service.status(call.principal, call.path["jobId"]))
