"""Users, for administrators."""

from guahao.bootstrap.users import users
from guahao.contracts import Reason
from guahao.runtime.api import Allow, Api, Call
from schemas import UserFileView, UserList, UserPatient, UserQuery, UserView

handler = Api("users")

USER = "/api/admin/users/{userId}"


@handler.route("GET", "/api/admin/users", allow=Allow.AUDITOR, input=UserQuery, answer=UserList)
def find(call: Call[UserQuery]) -> UserList:
    """Find users by phone, beginning of the name, state and day of registration; a page may hold fewer than asked for and go on."""
    asked = call.input
    page = users().find(asked.q, asked.status, asked.first, asked.last, asked.limit, asked.cursor)
    return UserList.model_validate(page)


@handler.route("GET", USER, allow=Allow.AUDITOR, answer=UserFileView)
def look(call: Call[None]) -> UserFileView:
    """Show a user with patients and latest logins; that it was looked at goes into the audit log."""
    return UserFileView.model_validate(users().look(call.principal, call.path["userId"]))


@handler.route("POST", f"{USER}/lock", allow=Allow.AUDITOR, input=Reason, answer=UserView)
def lock(call: Call[Reason]) -> UserView:
    """Lock a user, who is out everywhere within a minute."""
    return UserView.model_validate(users().lock(call.principal, call.path["userId"], call.input.reason))


@handler.route("POST", f"{USER}/unlock", allow=Allow.AUDITOR, input=Reason, answer=UserView)
def unlock(call: Call[Reason]) -> UserView:
    """Open a locked user's account again."""
    return UserView.model_validate(users().unlock(call.principal, call.path["userId"], call.input.reason))


@handler.route("POST", f"{USER}/patients/{{patientId}}/unsuspend", allow=Allow.AUDITOR, input=Reason, answer=UserPatient)
def unsuspend(call: Call[Reason]) -> UserPatient:
    """Let a person book again who may not for the visits they missed."""
    patient = users().unsuspend(call.principal, call.path["userId"], call.path["patientId"], call.input.reason)
    return UserPatient.model_validate(patient)
