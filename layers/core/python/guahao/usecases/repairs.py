"""What a run of a reconciliation found and did: figures for whoever watches, a line in the log for whoever asks about one case."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class Repairs:
    """The account of one run; every figure is there, also when it is 0."""

    def __init__(self, *figures: str) -> None:
        self.figures = dict.fromkeys(figures, 0)

    def note(self, figure: str, **about: object) -> None:
        """Count one case and say in the log which."""
        self.figures[figure] += 1
        _log.info(figure, extra={"fields": about})

    def note_failure(self, **about: object) -> None:
        """Count a case that is left to the next run, inside the handling of what went wrong with it."""
        self.figures["remaining"] += 1
        _log.warning("left to the next run", exc_info=True, extra={"fields": about})
