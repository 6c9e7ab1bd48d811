"""Opens sessions and shows the profile."""

from guahao.bootstrap.accounts import account_desk
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import LoginRequest, Profile, SessionToken

handler = Api("login")


@handler.route("POST", "/api/sessions", allow=Allow.ANYONE, input=LoginRequest, answer=SessionToken, status=201)
def log_in(call: Call[LoginRequest]) -> Answer:
    """Open a session with the code of the latest SMS; a new phone is registered."""
    session = account_desk().log_in(call.input.phone, call.input.code)
    return created("/api/me", SessionToken.model_validate(session))


@handler.route("GET", "/api/me", allow=Allow.USER, answer=Profile)
def me(call: Call[None]) -> Profile:
    """Return the profile of the session's user."""
    return Profile.model_validate(account_desk().profile(call.principal))
