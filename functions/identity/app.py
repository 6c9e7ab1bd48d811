"""Identity verification for users."""

from guahao.bootstrap.people.identity import identity_service
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import IdentityView, NewUpload, Submission, UploadForm

handler = Api("identity")

PATH = "/api/me/identity"


@handler.route("POST", f"{PATH}/uploads", allow=Allow.USER, input=NewUpload, answer=UploadForm, status=201)
def upload(call: Call[NewUpload]) -> Answer:
    """Return a form that takes the photo of the certificate within five minutes."""
    form = identity_service().upload(call.principal, call.input.content_type, call.input.size)
    return created(PATH, UploadForm.model_validate(form))


@handler.route("PUT", PATH, allow=Allow.USER, input=Submission, answer=IdentityView)
def submit(call: Call[Submission]) -> IdentityView:
    """Submit name, certificate and photo for review; after a rejection, or with a new name or certificate, submit again."""
    return IdentityView.model_validate(identity_service().submit(call.principal, **call.input.model_dump()))


@handler.route("GET", PATH, allow=Allow.USER, answer=IdentityView)
def read(call: Call[None]) -> IdentityView:
    """Return the latest submission and its decision."""
    return IdentityView.model_validate(identity_service().get(call.principal) or {})
