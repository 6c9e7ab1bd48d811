"""The entry of `python -m infra.local`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Do what the command line says; Ctrl-C, even while modules are loaded, ends it without a traceback."""
    try:
        from infra.local.commands import execute

        return execute()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
