"""Users, for administrators."""

from guahao.bootstrap.people.users import users
from guahao.contracts import Reason
from guahao.contracts.queries import UserQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import UserFileView, UserList, UserPatient, UserView

handler = Api("users")

USER = "/api/admin/users/{userId}"


@handler.route("GET", "/api/admin/users", allow=Allow.AUDITOR, input=UserQuery, answer=UserList)
def find(call: Call[UserQuery]) -> UserList:
    """Find users by phone, beginning of the name, state and day of registration. A page may be short and still not the last."""
    return UserList.model_validate(users().find(call.input))


@handler.route("GET", USER, allow=Allow.AUDITOR, answer=UserFileView)
def view(call: Call[None]) -> UserFileView:
    """Show a user with patients and latest logins; the audit log records this."""
    return UserFileView.model_validate(users().view(call.principal, call.path["userId"]))


@handler.route("POST", f"{USER}/lock", allow=Allow.AUDITOR, input=Reason, answer=UserView)
def lock(call: Call[Reason]) -> UserView:
    """Lock a user, who is logged out everywhere within a minute."""
    return UserView.model_validate(users().lock(call.principal, call.path["userId"], call.input.reason))


@handler.route("POST", f"{USER}/unlock", allow=Allow.AUDITOR, input=Reason, answer=UserView)
def unlock(call: Call[Reason]) -> UserView:
    """Unlock a user."""
    return UserView.model_validate(users().unlock(call.principal, call.path["userId"], call.input.reason))


@handler.route("POST", f"{USER}/patients/{{patientId}}/lift-ban", allow=Allow.AUDITOR, input=Reason, answer=UserPatient)
def lift_ban(call: Call[Reason]) -> UserPatient:
    """Lift the ban of a person who missed too many visits."""
    patient = users().lift_ban(call.principal, call.path["userId"], call.path["patientId"], call.input.reason)
    return UserPatient.model_validate(patient)
