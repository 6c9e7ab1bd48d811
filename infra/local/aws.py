"""AWS on this machine: MiniStack inside the launcher's process, and its state kept on disk."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from infra.local.layout import Layout, clean_environment

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)

SAVE_EVERY_SECONDS = 10
SAVE_TAKES_AT_MOST_SECONDS = 60
CHANGED_BY_USE = {"dynamodb", "sqs", "scheduler", "sns", "ssm", "kms", "secretsmanager"}
# Large, and changed by a deployment only.
CHANGED_BY_DEPLOYMENT = {"lambda", "apigateway", "apigateway_v1", "cloudformation", "iam", "eventbridge", "s3"}


async def serve(app: Asgi, host: str, port: int, stopping: asyncio.Event) -> None:
    """Serve an application until the event is set."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{host}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    await hypercorn_serve(app, config, shutdown_trigger=stopping.wait)  # type: ignore[arg-type]


class LocalAws:
    """MiniStack, served on its port by the loop that runs the launcher."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._stopping = asyncio.Event()
        self._requests = 0
        self._server: asyncio.Task[None] | None = None
        self._saver: asyncio.Task[None] | None = None
        self._writing: asyncio.Future[tuple[int, int]] | None = None

    async def start(self) -> None:
        """Load the saved state and open the port; from then on save regularly."""
        prepare_process(self._layout)
        await asyncio.to_thread(__import__, "ministack.app")
        from ministack.app import app

        from infra.local.amendments import amend

        amend(self._layout.build / "layers", self._layout.functions_log)
        self._app: Asgi = app
        self._server = asyncio.create_task(serve(self._counted, self._layout.host, self._layout.port + 1, self._stopping))
        while not await answers(self._layout.port + 1, self._layout.host):
            if self._server.done():
                self._server.result()
            await asyncio.sleep(0.02)
        self._saver = asyncio.create_task(self._save_regularly())

    @property
    def app(self) -> Asgi:
        """MiniStack's application, for requests that need no network."""
        return self._counted

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        await self._app(scope, receive, send)

    async def _save_regularly(self) -> None:
        saved = -1
        while True:
            await asyncio.sleep(SAVE_EVERY_SECONDS)
            if saved != self._requests:
                saved = self._requests
                await self.save(CHANGED_BY_USE)

    async def save(self, names: set[str]) -> None:
        """Write the state of these services as of now, from a forked copy of the process, so that requests go on meanwhile."""
        from ministack.app import _build_persistence_save_dict
        from ministack.core.persistence import save_all

        if self._writing:  # one writer at a time: they would share the unfinished files
            await asyncio.shield(self._writing)
        states = {name: state for name, state in _build_persistence_save_dict().items() if name in names}
        process = os.fork()
        if process == 0:
            code = os.EX_SOFTWARE
            try:
                signal.alarm(SAVE_TAKES_AT_MOST_SECONDS)
                save_all(states)
                code = os.EX_OK
            finally:
                os._exit(code)
        self._writing = asyncio.ensure_future(asyncio.to_thread(os.waitpid, process, 0))
        _, status = await asyncio.shield(self._writing)
        if status:
            logger.warning("The state was not saved: the process that writes it ended with %s", os.waitstatus_to_exitcode(status))

    async def stop(self) -> None:
        """Save everything, close the port and end every Lambda worker."""
        if self._saver:
            self._saver.cancel()
            await asyncio.gather(self._saver, return_exceptions=True)
        if self._writing:
            await self._writing
        self._stopping.set()
        if self._server:
            await asyncio.gather(self._server, return_exceptions=True)
            from ministack.core import lambda_runtime

            lambda_runtime.reset()


async def answers(port: int, host: str) -> bool:
    """Tell whether something accepts connections on the port."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


def prepare_process(layout: Layout) -> None:
    """Give this process the environment that MiniStack reads at import and hands to its workers."""
    state = layout.state
    for folder in (state / "aws", state / "s3", layout.temporary, layout.logs):
        folder.mkdir(parents=True, exist_ok=True)
    clean = clean_environment(layout)
    os.environ.clear()
    os.environ.update(clean)
    os.environ.update(
        BIND_HOST=layout.host,
        GATEWAY_PORT=str(layout.port + 1),
        MINISTACK_HOST=layout.host,
        MINISTACK_REGION=clean["AWS_REGION"],
        PERSIST_STATE="1",
        STATE_DIR=str(state / "aws"),
        S3_PERSIST="1",
        S3_DATA_DIR=str(state / "s3"),
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        LOG_LEVEL="INFO",
        # The credentials that all parts but the functions use are those of the account itself, which may do anything.
        AUTH=str(layout.enforce_permissions).lower(),
    )
    sys.dont_write_bytecode = False
    handler = logging.FileHandler(layout.logs / "aws.log", mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # It would write down who got which login code.
    logging.getLogger("sns").setLevel(logging.WARNING)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
