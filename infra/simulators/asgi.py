"""What the simulators share: the server, the SQLite file, JSON bodies and the frame of their pages."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sqlite3
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse

BODY_LIMIT_BYTES = 64 * 1024

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
th { font-weight: 600; } code { font-size: .85em; overflow-wrap: anywhere; }
form { display: flex; gap: .5rem; } input { flex: 1; min-width: 12rem; } input, button { font: inherit; padding: .2rem .6rem; }
form { flex-wrap: wrap; margin: .5rem 0; } select { font: inherit; padding: .2rem .6rem; min-width: 0; max-width: 100%; }
label { flex: 1 1 100%; } label input { width: 100%; box-sizing: border-box; margin-top: .2rem; }
textarea { flex: 1 1 100%; box-sizing: border-box; width: 100%; min-height: 14rem; font: .85rem/1.5 ui-monospace, monospace; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
td form { margin: 0 0 .3rem; } td ul { margin: 0; padding-left: 1.2rem; } .bad { color: #c22; }
svg { width: 7rem; height: 7rem; background: #fff; } .quiet { opacity: .7; }
@media (max-width: 44rem) {
  body { margin: 1rem auto; } input, select, button { min-height: 2.75rem; font-size: 1rem; } nav a { padding: .4rem 0; }
  thead { display: none; } tr { display: block; border-bottom: 1px solid #8888; padding: .4rem 0; }
  td { display: block; border: 0; padding: .1rem 0; } td::before { content: attr(data-head) " "; opacity: .7; } td:empty { display: none; }
}
"""


class BadRequestError(ValueError):
    """A body that cannot be read as what it should be."""


def parser(name: str) -> argparse.ArgumentParser:
    """Return the command line that every simulator understands."""
    made = argparse.ArgumentParser(prog=f"python -m infra.simulators.{name}")
    made.add_argument("--port", type=int, required=True, help="port to listen on")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on; whoever reaches it is asked nothing")
    made.add_argument("--state", type=Path, required=True, help="folder that keeps the data between starts")
    return made


def run(app: Starlette, host: str, port: int) -> None:
    """Serve the app until SIGINT or SIGTERM; a taken port ends the program with one sentence."""
    config = Config()
    config.bind = [f"{host}:{port}"]
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"

    async def until_told() -> None:
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        # Starlette is an ASGI app whose types are wider than hypercorn's.
        await serve(cast(ASGIFramework, app), config, shutdown_trigger=told.wait)

    # Asked first, because the server would report a taken port amid a traceback.
    if not _is_free(host, port):
        raise SystemExit(f"Port {port} of {host} is taken by another program.")
    asyncio.run(until_told())


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """Open the SQLite file, made with the schema if new.

    Handlers use it on the event loop's thread and never await inside a transaction, so that each transaction is alone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(schema)
    return connection


def insert(connection: sqlite3.Connection, table_name: str, row: dict[str, Any]) -> None:
    """Insert the row, named by its columns, in a transaction of its own."""
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with connection:
        connection.execute(f"INSERT INTO {table_name} ({columns}) VALUES ({values})", row)  # noqa: S608 - both names are ours


async def body_of(request: Request, limit_bytes: int = BODY_LIMIT_BYTES) -> bytes:
    """Return the whole body, or raise BadRequestError if it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise BadRequestError(f"The body is larger than {limit_bytes // 1024} KiB.")
    return bytes(body)


def json_value(body: bytes) -> Any:
    """Return the JSON value in the body, or raise BadRequestError that says where it goes wrong."""
    try:
        value = json.loads(body)
        # Half a surrogate pair is JSON, but no text that SQLite or an answer could carry.
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BadRequestError(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not JSON.") from error
    return value


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body, or raise BadRequestError."""
    value = json_value(body)
    if not isinstance(value, dict):
        raise BadRequestError("The body is not a JSON object.")
    return value


def text_of(value: dict[str, Any], name: str, accepts: Callable[[str], object] = bool) -> str:
    """Return the named text, or raise BadRequestError if it is missing or not accepted."""
    text = value.get(name)
    if not isinstance(text, str) or not accepts(text):
        raise BadRequestError(f"{name} is missing or not valid.")
    return text


def path_and_query(request: Request) -> str:
    """Return the path and query as they came over the wire, which is what a caller signs."""
    path: str = request.scope["raw_path"].decode("ascii")
    query: str = request.scope["query_string"].decode("ascii")
    return f"{path}?{query}" if query else path


def table(heads: list[str], rows: list[list[str]], empty: str) -> str:
    """Return an HTML table; the cells are HTML already."""
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    # On a phone each row becomes a card, and each cell names itself.
    cells = [[f'<td data-head="{escape(name)}">{cell}</td>' for name, cell in zip(heads, row, strict=True)] for row in rows]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def page(title: str, body: str) -> HTMLResponse:
    """Return a page in the simulators' frame; the body is HTML already."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
