"""Do what only somebody with the account's own credentials may: `python -m infra.operate [--prefix guahao] COMMAND`.

The commands read the variables of the functions; with --prefix those that are missing come from what the deployed stacks export.
"""

from __future__ import annotations

import argparse
import os
import sys
from types import ModuleType

from botocore.exceptions import BotoCoreError, ClientError

from guahao.adapters.aws.clients import client
from guahao.domain.errors import DomainError
from guahao.runtime.settings import MissingSetting
from infra.operate import audit_log, catalogue, owner, statistics

# A command is a module with `describe(parser)`, which declares its arguments, and `run(options)`, which returns the exit code.
COMMANDS: dict[str, ModuleType] = {
    "create-owner": owner,
    "prepare-catalogue": catalogue,
    "rebuild-statistics": statistics,
    "verify-audit-log": audit_log,
}


def main() -> int:
    """Do what the command line says; a problem is one sentence and exit code 1."""
    options = parser().parse_args()
    try:
        if options.prefix:
            use_exports(options.prefix)
        code: int = options.run(options)
    except (DomainError, MissingSetting, BotoCoreError, ClientError, OSError) as problem:
        sys.stderr.write(f"{getattr(problem, 'detail', problem)}\n")
        return 1
    return code


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    described = argparse.ArgumentParser(prog="python -m infra.operate", description=__doc__)
    described.add_argument("--prefix", help="the Prefix of the deployed stacks: take missing variables from what they export")
    commands = described.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").split("\n")[0]
        command = commands.add_parser(name, help=summary, description=summary)
        module.describe(command)
        command.set_defaults(run=module.run)
    return described


def use_exports(prefix: str) -> None:
    """Set each variable of the functions that is missing here and exported there: guahao-audit-log-table is AUDIT_LOG_TABLE."""
    for page in client("cloudformation").get_paginator("list_exports").paginate():
        for export in page["Exports"]:
            if export["Name"].startswith(f"{prefix}-"):
                variable = export["Name"].removeprefix(f"{prefix}-").replace("-", "_").upper()
                os.environ.setdefault(variable, export["Value"])


if __name__ == "__main__":
    sys.exit(main())
