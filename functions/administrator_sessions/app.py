"""Opens and ends administrators' sessions and changes their own password."""

from guahao.bootstrap.administration.administrators import administrator_session_service
from guahao.runtime.addresses import trusted_proxies
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import AdministratorLogin, AdministratorToken, NewPassword, OwnAccount

handler = Api("administrator_sessions", proxies=trusted_proxies)


@handler.route("POST", "/api/admin/sessions", allow=Allow.ANYONE, input=AdministratorLogin, answer=AdministratorToken, status=201)
def log_in(call: Call[AdministratorLogin]) -> Answer:
    """Open a session with the password and a code of the authenticator app. Each code works once, and wrong attempts are counted."""
    asked = call.input
    session = administrator_session_service().log_in(asked.username, asked.password, asked.totp, call.source_address)
    return created("/api/admin/me", AdministratorToken.model_validate(session))


@handler.route("DELETE", "/api/admin/sessions/current", allow=Allow.ADMINISTRATOR, status=204)
def log_out(call: Call[None]) -> None:
    """End the session; its token opens nothing from now on."""
    administrator_session_service().log_out(call.principal, call.token_id)


@handler.route("GET", "/api/admin/me", allow=Allow.ADMINISTRATOR, answer=OwnAccount)
def me(call: Call[None]) -> OwnAccount:
    """Return the session's administrator."""
    return OwnAccount.model_validate(administrator_session_service().profile(call.principal))


@handler.route("PUT", "/api/admin/me/password", allow=Allow.ADMINISTRATOR, input=NewPassword, status=204)
def change_password(call: Call[NewPassword]) -> None:
    """Replace the own password, proven by the old one and a code, and end every session; wrong attempts count like those of a login."""
    asked = call.input
    administrator_session_service().change_password(call.principal, asked.password, asked.totp, asked.new_password, call.source_address)
