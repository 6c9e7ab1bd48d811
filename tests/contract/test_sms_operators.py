"""Whoever sends SMS keeps the promises of the port. The operators are small servers that talk as the real ones do."""

from __future__ import annotations

import json
import re
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.config import Config

from guahao.adapters.aliyun.signing import authorization
from guahao.adapters.aliyun.sms import AliyunAccount, AliyunSms
from guahao.adapters.aws.clients import session
from guahao.adapters.aws.sms import SnsSms
from guahao.domain.errors import SmsLimitReached, SmsRefused, Unavailable
from guahao.domain.notices.wording import SIGNATURE, Template, Text, worded
from guahao.domain.people.accounts import Language
from guahao.ports.notices.notices import Sms
from tests.builders import NOW
from tests.fakes.notices import FakeSms
from tests.servers import free_port
from tests.simulators import Reply, server

PHONE = "13800000001"
REJECTED = Text(Template.IDENTITY_REJECTED, Language.CHINESE, {"reason": "照片 不清晰&模糊=+~*%"})
CODE = Text(Template.LOGIN_CODE, Language.ENGLISH, {"code": "024680", "minutes": "5"})

KEY_ID, KEY = "LTAI-test", "key-of-the-test"
CODES = {language.value: {template.value: f"SMS_{language.value}_{template.value}" for template in Template} for language in Language}
ACCOUNT = AliyunAccount(KEY_ID, KEY, {"zh": "挂号平台", "en": "挂号平台"}, CODES)
BROKEN_OFF = {"Content-Length": "1000"}


@dataclass
class Operator(ABC):
    """What an operator was given; with a fault it takes nothing, keeps its answer to itself, or gives up a connection once used."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    refusing: bool = False
    lastingly: str = ""
    silent: bool = False
    tired: bool = False
    _connection: threading.local = field(default_factory=threading.local)  # a connection has a thread of its own

    @abstractmethod
    def sms(self, url: str) -> Sms:
        """Return the adapter that talks with the operator at the URL."""

    @abstractmethod
    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """Return the phone and the text of a request."""

    @abstractmethod
    def answer(self, phone: str) -> Reply:
        """Return the operator's yes or no."""

    def reply(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.tired and getattr(self._connection, "used", False):
            return 200, BROKEN_OFF, b""
        self._connection.used = True
        phone, text = self.read(path, {name.lower(): value for name, value in headers.items()}, body)
        if not self.refusing:
            self.taken.append((phone, text))
        if self.silent:
            return 200, BROKEN_OFF, b""
        status, headers, content = self.answer(phone)
        return status, {**headers, "Connection": "keep-alive"} if self.tired else headers, content


@dataclass
class Sns(Operator):
    monkeypatch: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    def sms(self, url: str) -> Sms:
        credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        client = session().create_client(
            "sns", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}, proxies={}), **credentials
        )
        self.monkeypatch.setattr("guahao.adapters.aws.sms.client", lambda *_, **__: client)
        return SnsSms()

    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        asked = dict(parse_qsl(body.decode()))
        assert asked["Action"] == "Publish"
        return asked["PhoneNumber"].removeprefix("+86"), asked["Message"]

    def answer(self, phone: str) -> Reply:
        if self.refusing:
            error = (
                f"<Error><Type>Sender</Type><Code>{self.lastingly or 'Throttling'}</Code><Message>PhoneNumber +86{phone}</Message></Error>"
            )
            return 400, {}, f"<ErrorResponse>{error}</ErrorResponse>".encode()
        return 200, {}, b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"


@dataclass
class Aliyun(Operator):
    nonces: set[str] = field(default_factory=set)

    def sms(self, url: str) -> Sms:
        return AliyunSms(ACCOUNT, lambda: NOW, url)

    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        self.require_signature(path, headers, body)
        assert (headers["x-acs-action"], headers["x-acs-version"]) == ("SendSms", "2017-05-25")
        asked = dict(parse_qsl(urlsplit(path).query))
        _, language, template = asked["TemplateCode"].split("_")
        text = Text(Template(template), Language(language), json.loads(asked["TemplateParam"]))
        assert f"【{asked['SignName']}】" == SIGNATURE
        return asked["PhoneNumbers"], worded(text)

    def require_signature(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Check what came against its signature: the signed headers are those that came, the nonce is new, there is no body."""
        named = re.search(r"SignedHeaders=([^,]+)", headers["authorization"])
        assert named
        signed = {name: headers[name] for name in named.group(1).split(";")}
        assert {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"} <= set(signed)
        assert headers["authorization"] == authorization(KEY_ID, KEY, "POST", path, signed)
        assert headers["x-acs-date"] == "2026-03-02T01:00:00Z"
        assert headers["x-acs-signature-nonce"] not in self.nonces
        self.nonces.add(headers["x-acs-signature-nonce"])
        assert body == b""

    def answer(self, phone: str) -> Reply:
        refusal = {"Code": self.lastingly or "isv.OUT_OF_SERVICE", "Message": f"{phone} was sent nothing"}
        answer = refusal if self.refusing else {"Code": "OK", "BizId": "1"}
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


@dataclass(frozen=True)
class Line:
    """An operator and the adapter that reaches it."""

    operator: Operator
    sms: Sms


@pytest.fixture(params=[Sns, Aliyun])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    operator: Operator = request.param()
    with ExitStack() as closing:
        if isinstance(operator, Sns):
            closing.callback(operator.monkeypatch.undo)
        yield Line(operator, operator.sms(closing.enter_context(server(operator.reply))))


@pytest.mark.parametrize("text", [REJECTED, CODE])
def test_a_text_comes_worded_in_its_language(line: Line, text: Text) -> None:
    line.sms.send(PHONE, text)
    assert line.operator.taken == [(PHONE, worded(text))]


def test_the_fake_keeps_what_it_was_given() -> None:
    fake: Sms = FakeSms()
    fake.send(PHONE, REJECTED)
    assert isinstance(fake, FakeSms)
    assert fake.sent == [(PHONE, worded(REJECTED))]


def test_an_answer_that_never_came_counts_as_sent(line: Line) -> None:
    line.operator.silent = True
    line.sms.send(PHONE, CODE)
    assert len(line.operator.taken) == 1


def test_an_sms_has_a_connection_of_its_own(line: Line) -> None:
    line.operator.tired = True
    line.sms.send(PHONE, CODE)
    line.sms.send(PHONE, REJECTED)
    assert line.operator.taken == [(PHONE, worded(CODE)), (PHONE, worded(REJECTED))]


def test_what_was_surely_not_taken_is_unavailable_and_no_log_can_show_phone_or_text(line: Line) -> None:
    line.operator.refusing = True
    require_unavailable(line.sms)


@pytest.mark.parametrize(
    ("operator", "code"),
    [
        (Sns, "InvalidParameter"),
        (Sns, "OptedOut"),
        (Aliyun, "isv.MOBILE_NUMBER_ILLEGAL"),
        (Aliyun, "isv.BLACK_KEY_CONTROL_LIMIT"),
        (Aliyun, "isv.PARAM_LENGTH_LIMIT"),
        (Aliyun, "isv.PARAM_NOT_SUPPORT_URL"),
        (Aliyun, "isv.SMS_CONTENT_ILLEGAL"),
    ],
)
def test_what_an_operator_never_takes_is_refused_for_good(operator: type[Operator], code: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        refusing = Sns(monkeypatch=patch) if operator is Sns else operator()
        refusing.refusing, refusing.lastingly = True, code
        with server(refusing.reply) as url, pytest.raises(SmsRefused) as raised:
            refusing.sms(url).send(PHONE, CODE)
    assert raised.value.reason == code
    assert PHONE not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("operator", [Sns, Aliyun])
def test_an_operator_that_takes_no_connection_is_unavailable(operator: type[Operator]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        nobody = Sns(monkeypatch=patch) if operator is Sns else operator()
        require_unavailable(nobody.sms(f"http://127.0.0.1:{free_port()}"))


def require_unavailable(sms: Sms) -> None:
    with pytest.raises(Unavailable) as raised:
        sms.send(PHONE, CODE)
    shown = "".join(traceback.format_exception(raised.value))
    assert PHONE not in shown
    assert CODE.values["code"] not in shown


def test_a_template_that_is_not_registered_is_unavailable_and_names_itself() -> None:
    account = AliyunAccount(KEY_ID, KEY, ACCOUNT.sign_names, {"zh": CODES["zh"]})
    with pytest.raises(Unavailable, match="en template or signature for loginCode"):
        AliyunSms(account, lambda: NOW).send(PHONE, CODE)


def test_a_value_is_no_longer_than_alibaba_takes() -> None:
    operator = Aliyun()
    with server(operator.reply) as url:
        operator.sms(url).send(PHONE, REJECTED._replace(values={"reason": "长" * 36}))
    assert operator.taken == [(PHONE, worded(REJECTED._replace(values={"reason": "长" * 34 + "…"})))]


@pytest.mark.parametrize("written", ["照片不清晰，见 https://a.example/x?y=1 说明", "请致电 010-6512 3456 询问", "看www.a.cn或a-b.com/c"])
def test_a_text_is_sent_without_the_links_and_phones_that_operators_refuse(line: Line, written: str) -> None:
    line.sms.send(PHONE, REJECTED._replace(values={"reason": written}))
    [(_, text)] = line.operator.taken
    assert not re.search(r"http|www|\.c|[0-9]{3}", text)
    assert "原因：" in text


def test_an_answer_that_is_not_the_operators_counts_as_sent() -> None:
    with server(lambda *_: (502, {}, b"<html>bad gateway</html>")) as url:
        AliyunSms(ACCOUNT, lambda: NOW, url).send(PHONE, CODE)


def test_one_sms_too_many_for_alibaba_is_told_apart() -> None:
    """Alibaba Cloud takes 1 a minute, 5 an hour and 10 a day for a phone (help.aliyun.com/document_detail/44335.htm)."""
    answer = json.dumps({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发小时级流控Permits:5"}).encode()
    with server(lambda *_: (200, {"Content-Type": "application/json"}, answer)) as url, pytest.raises(SmsLimitReached):
        AliyunSms(ACCOUNT, lambda: NOW, url).send(PHONE, CODE)


def test_a_signature_is_that_of_alibabas_own_example() -> None:
    path = "/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    signed = authorization("YourAccessKeyId", "YourAccessKeySecret", "POST", path, headers)
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_an_account_is_read_from_its_secret_and_shows_no_key() -> None:
    secret = {"accessKeyId": KEY_ID, "accessKeySecret": KEY, "signNames": {"zh": "挂号平台", "en": "挂号平台"}, "templateCodes": CODES}
    assert AliyunAccount.from_secret(secret) == ACCOUNT
    assert KEY not in repr(ACCOUNT)
