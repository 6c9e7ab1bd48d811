"""What a person sees: one line per step, then a table of addresses."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

SECRETS = ("password", "totpSecret")


class Screen:
    """Writes progress; on a terminal it also shows what is going on now."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._running: list[str] = []
        self._status = self._console.status("")
        self._began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show the step while it runs, and how long it took."""
        began = time.monotonic()
        self._running.append(title)
        self._refresh()
        try:
            yield
        except BaseException:
            self._forget(title)
            raise
        self._forget(title)
        self.say(f"[green]✓[/green] {title} [dim]{time.monotonic() - began:.1f} s[/dim]")

    def _forget(self, title: str) -> None:
        self._running.remove(title)
        self._refresh()

    def _refresh(self) -> None:
        if self._running and self._console.is_terminal:
            self._status.update(", ".join(self._running) + " …")
            self._status.start()
        else:
            self._status.stop()

    def say(self, line: str) -> None:
        self._console.print(line)

    def detail(self, line: str) -> None:
        self._console.print(f"  [dim]{line}[/dim]")

    def problem(self, sentence: str) -> None:
        self._console.print("✗", style="red", end=" ")
        self._console.print(sentence, markup=False)

    def ready(self, addresses: Mapping[str, Any], foreground: bool) -> None:
        """Print where everything is and who may log in."""
        self.addresses(addresses, f"guahao is ready ({time.monotonic() - self._began:.1f} s)")
        if foreground:
            self.say("Ctrl-C stops everything.")

    def addresses(self, addresses: Mapping[str, Any], title: str) -> None:
        """Print the table itself."""
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_row("Product", addresses["api"])
        table.add_row("Interface", addresses["apiDocs"])
        table.add_row("SMS sent", addresses["sms"])
        table.add_row("WeChat Pay simulator", addresses["payment"])
        table.add_row("Hospital simulator", addresses["hospital"])
        for name, account in addresses["accounts"].items():
            shown = (f"{key} {'in stack.json' if key in SECRETS else value}" for key, value in account.items())
            table.add_row(f"Demo {name}", "  ".join(shown))
        self._console.print(table)
