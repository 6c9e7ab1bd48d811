"""The audit of identities: the queue, one of them, the decision."""

from guahao.bootstrap.people.identity import audit
from guahao.contracts.queries import ReviewQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import Decision, ReviewedIdentities, ReviewedIdentity, ReviewedIdentityOpened

handler = Api("audit")

IDENTITY = "/api/admin/identities/{userId}"


@handler.route("GET", "/api/admin/identities", allow=Allow.AUDITOR, input=ReviewQuery, answer=ReviewedIdentities)
def queue(call: Call[ReviewQuery]) -> ReviewedIdentities:
    """List the identities in a state, the longest waiting first."""
    return ReviewedIdentities.model_validate(audit().queue(call.input))


@handler.route("GET", IDENTITY, allow=Allow.AUDITOR, answer=ReviewedIdentityOpened)
def view(call: Call[None]) -> ReviewedIdentityOpened:
    """Show a user's identity with the whole number and the photo; the audit log records this."""
    return ReviewedIdentityOpened.model_validate(audit().view(call.principal, call.path["userId"]))


@handler.route("POST", f"{IDENTITY}/decision", allow=Allow.AUDITOR, input=Decision, answer=ReviewedIdentity)
def decide(call: Call[Decision]) -> ReviewedIdentity:
    """Approve an identity, or reject it with a reason that the user is told."""
    told = call.input
    decided = audit().decide(call.principal, call.path["userId"], told.submission_id, told.approved, told.reason)
    return ReviewedIdentity.model_validate(decided)
