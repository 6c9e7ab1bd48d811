"""The results of a reconciliation run: figures, and a log line for each case."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class Repairs:
    """The figures of one run; every figure is there, also if it is 0."""

    def __init__(self, *figures: str) -> None:
        self.figures = dict.fromkeys(figures, 0)

    def note(self, figure: str, **about: object) -> None:
        """Count one case and log it."""
        self.figures[figure] += 1
        _log.info(figure, extra={"fields": about})

    def note_failure(self, **about: object) -> None:
        """Count a case that is left to the next run, and log the present exception."""
        self.figures["remaining"] += 1
        _log.warning("left to the next run", exc_info=True, extra={"fields": about})
