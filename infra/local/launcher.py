"""The launcher's own life: one per folder, in the foreground or in the background."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local.layout import REPOSITORY, Layout, check_ports
from infra.local.problems import StackProblem
from infra.local.screen import Screen

STOPS_WITHIN_SECONDS = 30
CHILDREN_END_WITHIN_SECONDS = 5
BACKGROUND = "--background"


def run(layout: Layout, screen: Screen, foreground: bool) -> None:
    """Start the stack, keep it until a signal comes, and stop it."""
    become_only_launcher(layout)
    layout.addresses_file.unlink(missing_ok=True)
    # Left over by a launcher that was killed: its children, told so by the kernel, are just ending.
    killed = layout.processes_file.exists()
    check_ports(layout.own_ports(), CHILDREN_END_WITHIN_SECONDS if killed else 0, layout.host)
    publish(layout.processes_file, {"launcher": os.getpid()})
    publish(layout.outside_file, layout.external)
    try:
        asyncio.run(run_until_signal(layout, screen, foreground))
    finally:
        layout.addresses_file.unlink(missing_ok=True)
        layout.processes_file.unlink(missing_ok=True)
        screen.say("Stopped.")


async def run_until_signal(layout: Layout, screen: Screen, foreground: bool) -> None:
    """Run the stack; the first signal begins the orderly end."""
    ending = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, ending.set)
    # Takes a while, in which a signal may come already.
    from infra.local.stack import LocalStack

    stack = LocalStack(layout, screen)
    starting = asyncio.create_task(stack.start())
    waiting = asyncio.create_task(ending.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.is_set():
            addresses = starting.result()
            publish(layout.addresses_file, {**addresses})
            publish(layout.processes_file, stack.processes())
            screen.ready(addresses, foreground)
            await waiting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        with screen.step("Data saved, processes ended"):
            await stack.stop()


def publish(path: Path, content: Mapping[str, Any]) -> None:
    """Write the file in one step, so that nobody reads half of it, for the owner alone: an address may hold a password."""
    unfinished = path.with_suffix(".tmp")
    unfinished.touch(0o600)
    unfinished.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    unfinished.replace(path)


def become_only_launcher(layout: Layout) -> None:
    """Take the folder's lock, which falls with this process, however it ends."""
    layout.folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(layout.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StackProblem("The stack already runs from this folder: use it, or stop it with `make down`.") from None
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def running(layout: Layout) -> int | None:
    """Return the process id of this folder's launcher, if there is one."""
    if not layout.lock_file.exists():
        return None
    with layout.lock_file.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
        return None


def up(layout: Layout, screen: Screen) -> None:
    """Start a launcher in the background and return when the stack is ready."""
    if running(layout):
        if running_layout(layout).address != layout.address:
            screen.say(f"It runs at {running_layout(layout).address} already: for another address or port stop it first, with `make down`.")
        update(layout, screen)
        return
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = layout.logs / "launcher.log"
    layout.addresses_file.unlink(missing_ok=True)
    with log.open("w") as output:
        command = [
            sys.executable,
            "-m",
            "infra.local",
            "run",
            BACKGROUND,
            "--state",
            str(layout.folder),
            "--port",
            str(layout.port),
            "--host",
            layout.host,
        ]
        command += [word for key, value in layout.parameters.items() for word in ("--parameter", f"{key}={value}")]
        command += ["--enforce-permissions"] if layout.enforce_permissions else []
        process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    with log.open() as progress:
        try:
            while not layout.addresses_file.exists() and process.poll() is None:
                print(progress.read(), end="", flush=True)
                time.sleep(0.1)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
        time.sleep(0.1)
        print(progress.read(), end="", flush=True)
    if process.poll() is not None:
        raise SystemExit(process.returncode or 1)


def down(layout: Layout, screen: Screen) -> None:
    """Stop this folder's launcher and wait until everything has ended."""
    process = running(layout)
    if process is None:
        screen.say("The stack does not run.")
        return
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    while running(layout):
        if time.monotonic() > deadline:
            raise StackProblem(
                f"The launcher (process {process}) did not end within {STOPS_WITHIN_SECONDS} s: see {layout.logs / 'launcher.log'}."
            )
        time.sleep(0.05)
    screen.say("Stopped; the data are kept.")


def reset(layout: Layout, screen: Screen) -> None:
    """Empty the data, stopping the stack first if it runs."""
    if running(layout):
        down(layout, screen)
    shutil.rmtree(layout.state, ignore_errors=True)
    outside = sorted({**used_outside(layout), **layout.external})
    if outside:
        screen.say(f"The data here are gone; not emptied, because they are servers outside: {', '.join(outside)}.")
    else:
        screen.say("The data are gone; the next `make run` or `make up` begins with fresh demo data.")


def seed(layout: Layout, screen: Screen) -> None:
    """Bring the running stack's demo data up to today."""
    from infra.local.seeding import seed as load

    with screen.step("Demo data"):
        asyncio.run(load(running_layout(layout)))


def operate(layout: Layout, words: Sequence[str]) -> int:
    """Run a command of infra.operate on the running stack, with the variables of its functions, and return the exit code."""
    from infra.local.deploy import environment_of_functions
    from infra.local.services import environment

    layout = running_layout(layout)
    variables = {**environment(layout), **environment_of_functions(layout)}
    return subprocess.run([sys.executable, "-m", "infra.operate", *words], cwd=REPOSITORY, env=variables, check=False).returncode


def sam_environment(layout: Layout) -> str:
    """Return an env.json for `sam local`: the variables of the running stack's functions, with addresses for the names of two secrets."""
    from infra.local.deploy import environment_of_functions

    layout = running_layout(layout)
    addresses = {"REDIS_SECRET": layout.redis_url, "MONGODB_SECRET": layout.mongodb_url}
    return json.dumps({"Parameters": {**environment_of_functions(layout), **addresses}}, indent=2)


def update(layout: Layout, screen: Screen) -> None:
    """Deploy to the running stack what has changed in the repository since."""
    from infra.local.deploy import Deployment

    layout = running_layout(layout)
    check_parts(layout)
    in_use = Deployment(layout).parameters_in_use()
    deployment = Deployment(replace(layout, parameters={**in_use, **layout.parameters}))
    with screen.step("Functions and layers packed"):
        packages = deployment.packages()
    with screen.step("Stacks deployed"):
        changed = deployment.run(packages, screen.detail)
    screen.addresses(addresses_of(layout), "guahao runs, now with your changes" if changed else "guahao runs, and nothing has changed")


def status(layout: Layout, screen: Screen) -> None:
    """Say whether the stack runs, and where."""
    screen.addresses(addresses_of(layout), "guahao runs")
    check_parts(running_layout(layout))


def check_parts(layout: Layout) -> None:
    """Refuse to go on with a stack that has lost a part."""
    from infra.local.services import ended

    lost = ended(layout, json.loads(layout.processes_file.read_text()))
    if lost:
        verb = "has" if len(lost) == 1 else "have"
        raise StackProblem(f"{', '.join(lost)} {verb} ended: stop the stack with `make down` and start it with `make up`.")


def addresses_of(layout: Layout) -> dict[str, Any]:
    """Return what stack.json says, if the stack is ready."""
    if not running(layout):
        raise StackProblem("The stack does not run: start it with `make run` or `make up`.")
    if not layout.addresses_file.exists():
        raise StackProblem("The stack is starting or stopping: try again in a few seconds.")
    addresses: dict[str, Any] = json.loads(layout.addresses_file.read_text())
    return addresses


def running_layout(layout: Layout) -> Layout:
    """Return the layout with the ports and the servers outside that the running stack has."""
    api = urlsplit(addresses_of(layout)["api"])
    return replace(layout, port=api.port or layout.port, host=api.hostname or layout.host, external=used_outside(layout))


def used_outside(layout: Layout) -> dict[str, str]:
    """Return the servers outside that the latest start used."""
    used: dict[str, str] = json.loads(layout.outside_file.read_text()) if layout.outside_file.exists() else {}
    return used
