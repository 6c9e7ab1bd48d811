"""Opens and ends sessions and shows the profile."""

from guahao.bootstrap.people.login import login_service
from guahao.runtime.addresses import trusted_proxies
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import LoginList, LoginRequest, LoginView, Profile, ProfileChange, SessionToken

handler = Api("login", proxies=trusted_proxies)


@handler.route("POST", "/api/sessions", allow=Allow.ANYONE, input=LoginRequest, answer=SessionToken, status=201)
def log_in(call: Call[LoginRequest]) -> Answer:
    """Open a session with the code of an SMS and the id that it was asked for with; a new phone is registered."""
    asked = call.input
    session = login_service().log_in(asked.phone, asked.code, asked.request_id, call.source_address, asked.proof)
    return created("/api/me", SessionToken.model_validate(session))


@handler.route("GET", "/api/me", allow=Allow.USER, answer=Profile)
def me(call: Call[None]) -> Profile:
    """Return the profile of the session's user."""
    return Profile.model_validate(login_service().profile(call.principal))


@handler.route("PUT", "/api/me", allow=Allow.USER, input=ProfileChange, answer=Profile)
def change(call: Call[ProfileChange]) -> Profile:
    """Set the language of the SMS to the session's user."""
    return Profile.model_validate(login_service().change_language(call.principal, call.input.language))


@handler.route("DELETE", "/api/sessions/current", allow=Allow.USER, status=204)
def log_out(call: Call[None]) -> Answer:
    """End the session of the token; the token stops working everywhere within a minute."""
    login_service().log_out(call.principal, call.token_id)
    return Answer(status=204)


@handler.route("GET", "/api/me/logins", allow=Allow.USER, answer=LoginList)
def logins(call: Call[None]) -> LoginList:
    """Return the user's twenty latest logins, newest first."""
    return LoginList(items=[LoginView.model_validate(login) for login in login_service().latest_logins(call.principal)])
