"""Exports of the product's tables as spreadsheets."""

from guahao.bootstrap.administration.jobs import export_service
from guahao.contracts.views import JobView
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import NewExport

handler = Api("exports")


@handler.route("POST", "/api/admin/exports", allow=Allow.OPERATOR, input=NewExport, answer=JobView, status=201, idempotent_if_asked=True)
def request(call: Call[NewExport]) -> Answer:
    """Start to export a table; a repeated request with the same Idempotency-Key, which may be left out, is the same export."""
    asked = call.input.root
    status = export_service().request(call.principal, call.idempotency_key, asked.kind, asked.filter.parameters)
    return created(f"/api/admin/exports/{status.job.job_id}", JobView.model_validate(status))


@handler.route("GET", "/api/admin/exports/{jobId}", allow=Allow.OPERATOR, answer=JobView)
def read(call: Call[None]) -> JobView:
    """Return how far an export is and, when it is done, where to download it."""
    return JobView.model_validate(export_service().status(call.principal, call.path["jobId"]))
