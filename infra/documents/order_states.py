"""The states of an order and its payment, drawn from the table of moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guahao.domain.booking.order_states import BEGINNINGS, KNOWN_OF, MOVES, NUMBER_OF, Cause, State
from infra.documents.markdown import code, mermaid, table
from infra.generated import FIRST_LINE

Edge = tuple[str, str, Cause]

_HEADING = """# The states of an order

An order moves by one table, `MOVES` in `domain/booking/order_states.py`. What is not in it cannot happen. Each move is a conditional write
on the state that it leaves, and adds a step to the order's timeline with the time, the cause and both states. What follows from a change is
one table too: `domain/booking/order_changes.py`.

A state is a pair: where the order is, and where its one payment is. The two pictures show each half; the table at the end shows the pairs.

"""
_ORDERS = """## The order

An order without a fee begins as paid: there is nothing to wait for.

"""
_STATES = """
What goes with each state. The number is written together with the order; the hospital's knowledge follows, by a call to its system. Only a
number whose order the hospital refused is `closed` afterwards, and not `free`.

"""
_PAYMENTS = """
## The payment

The last two states are the refund's: on its way, and given back.

"""
_MOVES = """
## Every move

"""


def document() -> str:
    """Return the pictures and the table."""
    states = [(f"`{state}`", f"`{NUMBER_OF[state]}`", f"`{KNOWN_OF[state]}`") for state in NUMBER_OF]
    moves = [(f"`{cause}`", _pair(before), _pair(after)) for cause, before, after in _moves()]
    return "".join(
        (
            FIRST_LINE + _HEADING,
            _ORDERS + _picture((state.order for state in BEGINNINGS), ((a.order, b.order, cause) for cause, a, b in _moves())),
            _STATES + table(("order", "its number", "what the hospital should know"), states),
            _PAYMENTS + _picture((state.payment for state in BEGINNINGS), ((a.payment, b.payment, cause) for cause, a, b in _moves())),
            _MOVES + table(("cause", "from order, payment", "to order, payment"), moves),
        )
    )


def _moves() -> Iterator[tuple[Cause, State, State]]:
    for cause, moves in MOVES.items():
        for before, after in moves.items():
            yield cause, before, after


def _pair(state: State) -> str:
    return code((state.order, state.payment))


def _picture(beginnings: Iterable[str], moves: Iterable[Edge]) -> str:
    """Return the state diagram of one half; moves of the other half alone are not in it."""
    causes: dict[tuple[str, str], list[Cause]] = {}
    for before, after, cause in moves:
        if before != after and cause not in causes.setdefault((before, after), []):
            causes[before, after].append(cause)
    begin = [f"    [*] --> {state}: {Cause.BOOKED}" for state in sorted(set(beginnings))]
    lines = [f"    {before} --> {after}: {', '.join(why)}" for (before, after), why in causes.items()]
    return mermaid(["stateDiagram-v2", *begin, *lines])
