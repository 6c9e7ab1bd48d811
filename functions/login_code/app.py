"""Sends a login code by SMS."""

from guahao.bootstrap.people.login import login_code_service
from guahao.runtime.addresses import trusted_proxies
from guahao.runtime.api import Allow, Api, Call
from schemas import LoginCodeAnswer, LoginCodeRequest

handler = Api("login_code", proxies=trusted_proxies)


@handler.route("POST", "/api/login-codes", allow=Allow.ANYONE, input=LoginCodeRequest, answer=LoginCodeAnswer, status=202)
def send(call: Call[LoginCodeRequest]) -> LoginCodeAnswer:
    """Send a six-digit code to the phone, in English if Accept-Language asks for it; the answer is the same for every phone."""
    asked, language = call.input, call.headers.get("accept-language", "")
    receipt = login_code_service().request_login_code(asked.phone, call.source_address, language, asked.request_id, asked.proof)
    return LoginCodeAnswer.model_validate(receipt)
