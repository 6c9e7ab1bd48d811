"""Sends a login code by SMS."""

from guahao.bootstrap.people.login import login_code_service
from guahao.runtime.api import Allow, Answer, Api, Call
from schemas import LoginCodeRequest

handler = Api("login_code")


@handler.route("POST", "/api/login-codes", allow=Allow.ANYONE, input=LoginCodeRequest, status=202)
def send(call: Call[LoginCodeRequest]) -> Answer:
    """Send a six-digit code to the phone, in English if Accept-Language asks for it; the answer is the same for every phone."""
    login_code_service().request_login_code(call.input.phone, call.source_address, call.headers.get("accept-language", ""))
    return Answer(status=202)
