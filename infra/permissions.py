"""Write the table of who may call which route from the routes in the code: `python -m infra.permissions [--check]`."""

from __future__ import annotations

from guahao.runtime.api import Allow
from infra.functions import ROOT, apis
from infra.generated import FIRST_LINE, write_or_check

DOCUMENT = ROOT / "infra" / "permissions.md"
CALLERS = ("nobody", "user", "operator", "auditor", "owner", "provider", "hospital")
HEADING = """# Who may call what

Written from the routes; the end-to-end tests call every route as each of these callers. What is a user's own is not there for other users.
The payment provider and hospitals prove themselves by signatures, all others by the token of a session.

"""


def may_call(allow: Allow, caller: str) -> bool:
    """Tell whether a route opens to the caller."""
    return allow is Allow.ANYONE or caller in (allow.roles or {allow.value})


def document() -> str:
    """Return the table as Markdown."""
    routes = sorted((route.path, route.method, route.allow) for api in apis().values() for route in api.routes)
    rows = [(f"{method} {path}", *("yes" if may_call(allow, caller) else "" for caller in CALLERS)) for path, method, allow in routes]
    lines = [("route", *CALLERS), ("---",) * (len(CALLERS) + 1), *rows]
    return FIRST_LINE + HEADING + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the table, or with --check fail if the stored one is another."""
    write_or_check(DOCUMENT, document(), __doc__)


if __name__ == "__main__":
    main()
