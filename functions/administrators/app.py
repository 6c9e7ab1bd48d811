"""Administrators, for owners."""

from guahao.bootstrap.administration.administrators import administration
from guahao.contracts import Reason
from guahao.contracts.queries import AdministratorQuery
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import AdministratorList, AdministratorView, CredentialsView, NewAdministrator

handler = Api("administrators")

ALL = "/api/admin/administrators"
ONE = f"{ALL}/{{username}}"


@handler.route("GET", ALL, allow=Allow.OWNER, input=AdministratorQuery, answer=AdministratorList)
def find(call: Call[AdministratorQuery]) -> AdministratorList:
    """Return the administrators, by name."""
    return AdministratorList.model_validate(administration().find(call.input))


@handler.route("POST", ALL, allow=Allow.OWNER, input=NewAdministrator, answer=CredentialsView, status=201)
def create(call: Call[NewAdministrator]) -> Answer:
    """Create an administrator; the password and the authenticator's secret are shown only this once."""
    credentials = administration().create(call.principal, call.input.username, call.input.role)
    return created(ALL, CredentialsView.model_validate(credentials))


@handler.route("POST", f"{ONE}/lock", allow=Allow.OWNER, input=Reason, answer=AdministratorView)
def lock(call: Call[Reason]) -> AdministratorView:
    """Lock another administrator, who is out everywhere with the next request."""
    return AdministratorView.model_validate(administration().lock(call.principal, call.path["username"], call.input.reason))


@handler.route("POST", f"{ONE}/unlock", allow=Allow.OWNER, input=Reason, answer=AdministratorView)
def unlock(call: Call[Reason]) -> AdministratorView:
    """Unlock another administrator."""
    return AdministratorView.model_validate(administration().unlock(call.principal, call.path["username"], call.input.reason))


@handler.route("POST", f"{ONE}/credentials", allow=Allow.OWNER, answer=CredentialsView)
def reset_credentials(call: Call[None]) -> CredentialsView:
    """Replace another administrator's password and secret and end every session; the new ones are shown only this once."""
    return CredentialsView.model_validate(administration().reset_credentials(call.principal, call.path["username"]))
