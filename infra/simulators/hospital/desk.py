"""The routes of the pages: what a person at the hospital's desk sees and does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.simulators.asgi import BadRequestError, text_of
from infra.simulators.hospital.access import is_address
from infra.simulators.hospital.api import UPLOAD_LIMIT_BYTES, is_code, kind_of, removable
from infra.simulators.hospital.entry_pages import Draft, draft_of, entries_page
from infra.simulators.hospital.faults import MODES
from infra.simulators.hospital.frame import Place, message_page
from infra.simulators.hospital.office import Office
from infra.simulators.hospital.pages import ORDERS_SHOWN, calls_page, front_page, orders_page, overview_page, platform_page
from infra.simulators.hospital.problems import RefusedError
from infra.simulators.hospital.shapes import HOSPITAL, KINDS, read_entries

_LATEST_ORDERS = 50

Endpoint = Callable[[Request], Awaitable[Response]]


class Desk:
    """The desks of all simulated hospitals."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> list[Route]:
        """Return the routes."""
        one, order = "/desk/{code}", "/desk/{code}/orders/{order_id}"
        shown: dict[str, Endpoint] = {
            "/": self._front,
            one: self._overview,
            f"{one}/orders": self._orders,
            f"{one}/calls": self._calls,
            f"{one}/platform": self._platform,
            f"{one}/{{kind}}": self._entries,
        }
        done: dict[str, Endpoint] = {
            "/desk": self._set_up,
            f"{one}/settings": self._settings,
            f"{one}/fault": self._fault,
            f"{one}/push": self._push,
            f"{one}/adoption": self._adopt,
            f"{order}/attendance": self._attend,
            f"{order}/no-show": self._miss,
            f"{one}/schedules/{{key}}/suspension": self._suspend,
            f"{one}/{{kind}}/{{key}}/removal": self._remove,
            f"{one}/{{kind}}": self._save,
        }
        return [
            *(Route(path, _in_words(endpoint), methods=["GET"]) for path, endpoint in shown.items()),
            *(Route(path, _in_words(endpoint), methods=["POST"]) for path, endpoint in done.items()),
        ]

    async def _front(self, _: Request) -> Response:
        office = self._office
        hospitals = [
            (self._named(code), office.faults.of(code), office.orders.count(code), office.entries.count_pending(code))
            for code in office.access.hospitals()
        ]
        return front_page(hospitals, office.orders.received(most=_LATEST_ORDERS))

    async def _overview(self, request: Request) -> Response:
        place, office = self._place(request), self._office
        code, access = place.code, office.access
        addresses = access.platform_url(code), access.own_platform_url(code)
        return overview_page(place, office.faults.of(code), *addresses, office.entries.count_pending(code))

    async def _orders(self, request: Request) -> Response:
        place = self._place(request)
        return orders_page(place, self._office.orders.received(place.code, ORDERS_SHOWN))

    async def _calls(self, request: Request) -> Response:
        place = self._place(request)
        return calls_page(place, self._office.platform.calls(place.code))

    async def _platform(self, request: Request) -> Response:
        compared = await self._office.compare(self._place(request).code)
        return platform_page(self._place(request), compared)

    async def _entries(self, request: Request) -> Response:
        place, kind, asked = self._place(request), kind_of(request), request.query_params
        draft = draft_of(self._office.entries.get(place.code, kind, asked["edit"])) if "edit" in asked else Draft()
        day = asked.get("date", "")
        return entries_page(place, kind, self._office.entries.of(place.code, kind, day), day, draft)

    async def _set_up(self, request: Request) -> Response:
        given = await _fields(request)
        code = text_of(given, "hospitalCode", is_code)
        self._office.access.agree(code, text_of(given, "key"))
        return _to(f"/desk/{code}")

    async def _settings(self, request: Request) -> Response:
        place, given = self._place(request), await _fields(request)
        url = text_of({"platformUrl": ""} | given, "platformUrl", is_address)
        if given.get("key"):
            self._office.access.agree(place.code, given["key"])
        self._office.access.set_platform(place.code, url)
        return _to(place.path)

    async def _fault(self, request: Request) -> Response:
        place = self._place(request)
        self._office.faults.set(place.code, text_of(await _fields(request), "mode", MODES.__contains__))
        return _to(place.path)

    async def _push(self, request: Request) -> Response:
        place = self._place(request)
        given = await _fields(request)
        await self._office.push(place.code, everything="everything" in given)
        back = KINDS.get(given.get("back", ""))
        return _to(f"{place.path}/{back.name}" if back else place.path)

    async def _adopt(self, request: Request) -> Response:
        place = self._place(request)
        await self._office.adopt(place.code)
        return _to(f"{place.path}/platform")

    async def _save(self, request: Request) -> Response:
        place, kind = self._place(request), kind_of(request)
        text = await _text(request)
        try:
            entries = read_entries(kind, place.code, text)
        except BadRequestError as error:
            draft = Draft(text.decode(errors="replace"), str(error), getattr(error, "errors", ()))
            return entries_page(place, kind, self._office.entries.of(place.code, kind), "", draft)
        await self._office.save(place.code, kind, entries)
        return _to(f"{place.path}/{kind.name}")

    async def _remove(self, request: Request) -> Response:
        place, kind = self._place(request), removable(kind_of(request))
        await self._office.remove(place.code, kind, request.path_params["key"])
        return _to(f"{place.path}/{kind.name}")

    async def _suspend(self, request: Request) -> Response:
        place = self._place(request)
        await self._office.suspend(place.code, request.path_params["key"])
        return _to(f"{place.path}/schedules")

    async def _attend(self, request: Request) -> Response:
        place = self._place(request)
        await self._office.attend(place.code, request.path_params["order_id"])
        return _to(f"{place.path}/orders")

    async def _miss(self, request: Request) -> Response:
        place = self._place(request)
        self._office.orders.missed(place.code, request.path_params["order_id"])
        return _to(f"{place.path}/orders")

    def _place(self, request: Request) -> Place:
        """Return the desk that the path names, or refuse."""
        code: str = request.path_params["code"]
        self._office.access.key(code)
        return self._named(code)

    def _named(self, code: str) -> Place:
        own = self._office.entries.of(code, HOSPITAL)
        calls = self._office.platform.calls(code, most=1)
        return Place(code, own[0].content["name"] if own else "", calls[0] if calls else None)


def _in_words(endpoint: Endpoint) -> Endpoint:
    """Wrap a page's route so that a refusal is a page too."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RefusedError as error:
            return message_page(error.status, error.detail)
        except BadRequestError as error:
            return message_page(400, str(error))

    return answer


def _to(path: str) -> Response:
    # 303, so that reloading the page does not repeat what was done.
    return RedirectResponse(path, 303)


async def _fields(request: Request) -> dict[str, str]:
    async with request.form() as form:
        return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


async def _text(request: Request) -> bytes:
    """Return the chosen file, or the text if none was chosen."""
    async with request.form(max_files=1, max_part_size=UPLOAD_LIMIT_BYTES) as form:
        file, text = form.get("file"), form.get("text")
        if isinstance(file, UploadFile) and file.filename:
            content = await file.read(UPLOAD_LIMIT_BYTES + 1)
            if len(content) > UPLOAD_LIMIT_BYTES:
                raise BadRequestError(f"The file is larger than {UPLOAD_LIMIT_BYTES // 1024} KiB: split it.")
            return content
        return text.encode(errors="replace") if isinstance(text, str) else b""
