"""The simulator's routes: the API that the merchant calls, and what a phone, a person and a test do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.simulators.asgi import BadRequestError, body_of, json_object, path_and_query, text_of
from infra.simulators.wechat import keys as key_store
from infra.simulators.wechat.bills import Bills
from infra.simulators.wechat.faults import Faults
from infra.simulators.wechat.notifications import Notifications
from infra.simulators.wechat.pages import trades_page
from infra.simulators.wechat.protocol import Doorman, WechatError, probing, signature_headers
from infra.simulators.wechat.refunds import BETWEEN_PARTS_SECONDS, Refunds
from infra.simulators.wechat.store import open_store
from infra.simulators.wechat.trades import NotScannableError, Trades

# Longer than the product is willing to wait.
SLOW_SECONDS = 6.0

# What becomes of refunds on their way, by the switch; otherwise they stay so.
_SETTLED = {"normal": "SUCCESS", "closed": "CLOSED", "abnormal": "ABNORMAL"}
_SUMMARIES = {"SUCCESS": "退款成功", "CLOSED": "退款关闭", "ABNORMAL": "退款异常"}

Answer = tuple[int, dict[str, Any] | None]
Endpoint = Callable[[Request], Awaitable[Response]]


class Simulator:
    """One platform with one merchant."""

    def __init__(self, state: Path, retry_factor: float) -> None:
        self._keys = key_store.load(state)
        self._store = open_store(state)
        self._doorman = Doorman(self._keys)
        self._faults = Faults()
        self._trades = Trades(self._store, self._keys)
        self._refunds = Refunds(self._store, self._keys)
        self._bills = Bills(self._store, self._keys, self._faults)
        self._notifications = Notifications(self._store, self._keys, self._faults, retry_factor)

    def app(self) -> Starlette:
        """Return the ASGI app."""
        trade = "/v3/pay/transactions/out-trade-no/{number}"
        return Starlette(
            routes=[
                Route("/v3/pay/transactions/native", self._api(self._native), methods=["POST"]),
                Route(trade, self._api(self._query), methods=["GET"]),
                Route(f"{trade}/close", self._api(self._close), methods=["POST"]),
                Route("/v3/pay/transactions/id/{number}", self._api(self._query_transaction), methods=["GET"]),
                Route("/v3/refund/domestic/refunds", self._api(self._refund), methods=["POST"]),
                Route("/v3/refund/domestic/refunds/{number}", self._api(self._query_refund), methods=["GET"]),
                Route("/v3/bill/tradebill", self._api(self._statement), methods=["GET"]),
                Route("/v3/billdownload/file", self._file, methods=["GET"]),
                Route("/", self._page, methods=["GET"]),
                Route("/scan", self._scan, methods=["POST"]),
                Route("/trades", self._list, methods=["GET"]),
                Route("/faults", self._set_faults, methods=["PUT"]),
            ],
            exception_handlers={BadRequestError: _bad_request},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._settle_refunds()
        delivery = asyncio.create_task(self._notifications.deliver())
        yield
        delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)
        self._store.close()

    def _api(self, handle: Callable[[Request, dict[str, Any]], Answer]) -> Endpoint:
        """Wrap an operation in what every call of the merchant's goes through."""

        async def answer(request: Request) -> Response:
            if self._faults["api"] == "down":
                return Response("<html>Bad Gateway</html>", 502, media_type="text/html")
            try:
                body = await body_of(request)
                authorization = request.headers.get("authorization", "")
                self._doorman.admit(authorization, request.method, path_and_query(request), body, int(time.time()))
                status, content = handle(request, json_object(body) if request.method == "POST" else {})
            except WechatError as error:
                status, content = error.status, {"code": error.code, "message": error.message}
            except BadRequestError as error:
                status, content = 400, {"code": "PARAM_ERROR", "message": str(error)}
            if self._faults["api"] == "slow":
                await asyncio.sleep(SLOW_SECONDS)
            text = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
            headers = signature_headers(self._keys, text, int(time.time()))
            if self._faults["api"] == "probe":
                headers = probing(headers)
            return Response(text, status, headers, media_type=None if content is None else "application/json; charset=utf-8")

        return answer

    def _native(self, _: Request, asked: dict[str, Any]) -> Answer:
        return 200, {"code_url": self._trades.open(asked, int(time.time()))}

    def _query(self, request: Request, _: dict[str, Any]) -> Answer:
        self._check_merchant(request.query_params.get("mchid"))
        return 200, self._trades.query(request.path_params["number"])

    def _query_transaction(self, request: Request, _: dict[str, Any]) -> Answer:
        self._check_merchant(request.query_params.get("mchid"))
        return 200, self._trades.query_transaction(request.path_params["number"])

    def _close(self, request: Request, asked: dict[str, Any]) -> Answer:
        self._check_merchant(asked.get("mchid"))
        self._trades.close(request.path_params["number"])
        return 204, None

    def _refund(self, _: Request, asked: dict[str, Any]) -> Answer:
        if self._faults["refund"] == "notEnough":
            raise WechatError(403, "NOT_ENOUGH", "基本账户余额不足")
        refund = self._refunds.ask(asked, int(time.time()), 0 if self._faults["parts"] == "atOnce" else BETWEEN_PARTS_SECONDS)
        self._settle_refunds()
        return 200, self._refunds.shown(self._refunds.known(refund["out_refund_no"]))

    def _query_refund(self, request: Request, _: dict[str, Any]) -> Answer:
        return 200, self._refunds.shown(self._refunds.known(request.path_params["number"]))

    def _statement(self, request: Request, _: dict[str, Any]) -> Answer:
        return 200, self._bills.statement(request.query_params, str(request.base_url), int(time.time()))

    async def _file(self, request: Request) -> Response:
        """Give a bill to the merchant who signed; the only answer that the platform does not sign."""
        now = int(time.time())
        try:
            self._doorman.admit(request.headers.get("authorization", ""), request.method, path_and_query(request), b"", now)
            return Response(self._bills.file(request.query_params.get("token", ""), now), media_type="text/plain; charset=utf-8")
        except WechatError as error:
            return JSONResponse({"code": error.code, "message": error.message}, error.status)

    def _check_merchant(self, mchid: object) -> None:
        if mchid != self._keys.mchid:
            raise WechatError(400, "PARAM_ERROR", "商户号有误")

    def _settle_refunds(self) -> None:
        status = _SETTLED.get(self._faults["refund"])
        if status is None:
            return
        for refund in self._refunds.settle(int(time.time()), status):
            if refund["notify_url"]:
                told = self._refunds.notified(refund)
                self._notifications.add(f"REFUND.{status}", "refund", _SUMMARIES[status], refund["notify_url"], told)

    async def _scan(self, request: Request) -> Response:
        body = await body_of(request)
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        asked = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()} if is_form else json_object(body)
        status, answer = self._pay(text_of(asked, "codeUrl").strip(), asked)
        if not is_form:
            return JSONResponse(answer, status)
        if status == 200:
            return RedirectResponse("/", 303)
        page = trades_page(self._trades.all(), self._refunds, self._faults, answer["detail"])
        page.status_code = status
        return page

    def _pay(self, code_url: str, asked: dict[str, Any]) -> tuple[int, dict[str, str]]:
        """Pay as the phone of a payer, or only look at the code, with `only: scan`."""
        phone = self._trades.scan if asked.get("only") == "scan" else self._trades.pay
        try:
            trade = phone(code_url, str(asked.get("payer", "")), int(time.time()))
        except KeyError:
            return 404, {"state": "UNKNOWN", "detail": "No trade has this code."}
        except NotScannableError as error:
            return 409, {"state": error.state, "detail": f"This trade cannot be paid any more: {error.state}."}
        if trade["state"] == "NOTPAY":
            return 200, {"state": trade["state"]}
        self._notifications.add("TRANSACTION.SUCCESS", "transaction", "支付成功", trade["notify_url"], self._trades.shown(trade))
        return 200, {"state": trade["state"], "transactionId": trade["transaction_id"]}

    async def _page(self, _: Request) -> Response:
        return trades_page(self._trades.all(), self._refunds, self._faults)

    async def _list(self, _: Request) -> Response:
        shown = ("out_trade_no", "state", "amount", "refunded", "transaction_id", "code_url", "delivered")
        return JSONResponse([{name: row[name] for name in shown} for row in self._trades.all()])

    async def _set_faults(self, request: Request) -> Response:
        self._faults.set(json_object(await body_of(request)))
        self._settle_refunds()
        return JSONResponse(self._faults.modes)


async def _bad_request(_: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, 400)
