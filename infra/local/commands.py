"""The whole stack on this machine: run it here, in the background, bring it up to date, look into it, stop it, or empty its data."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from infra.local import launcher, trace
from infra.local.layout import LOOPBACK, REPOSITORY, Layout
from infra.local.problems import StackProblem
from infra.local.screen import Screen

DEFAULT_PORT = "8080"
COMMANDS = {
    "up": launcher.up,
    "down": launcher.down,
    "update": launcher.update,
    "reset": launcher.reset,
    "seed": launcher.seed,
    "status": launcher.status,
}
OPERATE, TRACE, SAM = "operate", "trace", "sam-environment"


def parameter(text: str) -> tuple[str, str]:
    """Read Key=Value."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form Key=Value")
    return key, value


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    epilog = f"What follows {OPERATE} goes to `python -m infra.operate`, which acts on the stack as its functions do. {TRACE} takes an id."
    commands = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__, epilog=epilog, allow_abbrev=False)
    commands.add_argument("command", choices=("run", OPERATE, TRACE, SAM, *COMMANDS))
    commands.add_argument("--state", type=Path, default=REPOSITORY / ".local", help="folder of data, logs and stack.json")
    commands.add_argument("--port", default=None, help="first of six ports in a row; 0 finds free ones")
    commands.add_argument("--host", default=LOOPBACK, help="address of this machine that all parts bind to: another is open to others")
    commands.add_argument("--parameter", type=parameter, action="append", default=[], help="Key=Value for template.yaml")
    commands.add_argument("--enforce-permissions", action="store_true", help="let functions do only what template.yaml permits them")
    commands.add_argument(launcher.BACKGROUND, action="store_true", help=argparse.SUPPRESS)
    return commands


def execute() -> int:
    """Do what the command line says; a problem is one sentence and exit code 1."""
    commands = parser()
    options, words = commands.parse_known_args()
    if words and options.command not in (OPERATE, TRACE):
        commands.error(f"unknown: {' '.join(words)}")
    screen = Screen()
    try:
        given = os.environ.get("GUAHAO_PORT") or DEFAULT_PORT
        port = first_port("GUAHAO_PORT", given) if options.port is None else first_port("--port", options.port)
        layout = Layout.of(options.state, port, dict(options.parameter), options.enforce_permissions, options.host)
        if options.command == "run":
            launcher.run(layout, screen, foreground=not options.background)
        elif options.command == OPERATE:
            return launcher.operate(layout, words)
        elif options.command == SAM:
            print(launcher.sam_environment(layout))
        elif options.command == TRACE:
            trace.show(layout, " ".join(words))
        else:
            COMMANDS[options.command](layout, screen)
    except (StackProblem, OSError) as problem:
        screen.problem(str(problem))
        return 1
    return 0


def first_port(source: str, text: str) -> int:
    """Read the port of the product; 0 finds a free row."""
    if not text.isdecimal() or not (text == "0" or 1024 <= int(text) < 65530):
        raise StackProblem(f"{source} is {text!r}: set it to a number from 1024 to 65529, or leave it out.")
    return int(text)
