"""HTTP to addresses that others have chosen: the address is checked, and the answer is limited in time and size."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, getaddrinfo, socket
from threading import Event, Thread, Timer
from time import monotonic

from guahao.domain.errors import HospitalUnreachable
from guahao.domain.hospitals.hospital_access import ApiUrl, is_public

ANSWER_LIMIT_BYTES = 64 * 1024

Resolve = Callable[[str, int], Sequence[str]]


def system_addresses(host: str, port: int) -> list[str]:
    """Return the IP addresses of the name, none if it has none."""
    with suppress(OSError, UnicodeError):
        return list(dict.fromkeys(str(found[4][0]) for found in getaddrinfo(host, port, type=SOCK_STREAM)))
    return []


class Outbound:
    """Sends each request on a connection of its own, without proxies and redirects.

    A name is resolved once, and the connection goes to the checked addresses, so that a name which changes in between does no harm.
    The TLS certificate and the Host header are still those of the name.
    """

    def __init__(
        self,
        *,
        any_address: bool,
        connect_seconds: float,
        answer_seconds: float,
        resolve: Resolve = system_addresses,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._any_address = any_address
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._resolve = resolve
        self._trust = trust

    def post(self, url: ApiUrl, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer, or raise HospitalUnreachable."""
        try:
            with closing(self._connected(url)) as connection, _ended_after(self._answer_seconds, connection) as over:
                status, answer = self._exchange(connection, url, path, headers, body)
        except OSError as error:
            raise HospitalUnreachable("The hospital's system does not answer.") from error
        except HTTPException as error:  # its text quotes what the hospital sent, which may be anything
            raise HospitalUnreachable(f"The hospital's system does not answer in HTTP ({type(error).__name__}).") from None
        if over.is_set():  # only a part of the answer may have been read
            raise HospitalUnreachable("The hospital's system does not answer in time.")
        if len(answer) > ANSWER_LIMIT_BYTES:
            raise HospitalUnreachable("The hospital's answer is longer than 64 KiB.")
        return status, answer

    def _connected(self, url: ApiUrl) -> socket:
        ends = monotonic() + self._connect_seconds
        for address in self._checked_addresses(url):
            with suppress(OSError):
                return create_connection((address, url.port), max(0.001, ends - monotonic()))
        raise HospitalUnreachable("The hospital's system takes no connection.")

    def _checked_addresses(self, url: ApiUrl) -> Sequence[str]:
        found: list[str] = []
        # The resolver has a time-out of its own, so its thread is abandoned when our time is over.
        resolving = Thread(target=lambda: found.extend(self._resolve(url.host, url.port)), daemon=True)
        resolving.start()
        resolving.join(self._connect_seconds)
        addresses = list(found)
        if not self._any_address and not all(map(is_public, addresses)):
            raise HospitalUnreachable(f"{url.host} is not on the public internet: an administrator must correct the hospital's setting.")
        return addresses

    def _exchange(self, connection: socket, url: ApiUrl, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        stream = self._context.wrap_socket(connection, server_hostname=url.host) if url.scheme == "https" else connection
        http = HTTPConnection(url.host, url.port)
        http.sock = stream
        with closing(stream):
            http.request("POST", path, body, {"Host": url.authority, **headers})
            with http.getresponse() as response:
                return response.status, response.read(ANSWER_LIMIT_BYTES + 1)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()


@contextmanager
def _ended_after(seconds: float, connection: socket) -> Iterator[Event]:
    """Shut the connection down when the time is over and set the event; the socket's own time-out begins anew with each byte."""
    over = Event()

    def end() -> None:
        over.set()
        with suppress(OSError):
            handle.shutdown(SHUT_RDWR)

    connection.settimeout(None)
    # A second handle, because TLS takes the socket over.
    with closing(connection.dup()) as handle:
        timer = Timer(seconds, end)
        timer.start()
        try:
            yield over
        finally:
            timer.cancel()
            timer.join()
