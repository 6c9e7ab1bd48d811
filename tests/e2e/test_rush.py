"""Many patients at once want the few numbers of one schedule, change their minds and pay: afterwards all books agree."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

from tests.e2e.client import Visitor, eventually, run_timer, set_stage
from tests.e2e.conftest import HOLD_SECONDS, Stack
from tests.servers import ROOT

NUMBERS, PATIENTS, WAVES, AT_ONCE = 50, 64, 8, 16
# A day on which no other test books at this hospital.
DAYS_AHEAD = 6
FIRST_PHONE = 13300000000
OF_POOLS = "are offered"


def test_after_512_attempts_at_50_numbers_all_books_agree(stack: Stack) -> None:
    stage = set_stage(stack, NUMBERS, FIRST_PHONE, PATIENTS, DAYS_AHEAD)
    visitors = [Visitor(stack, person["phone"], person["patientId"]) for person in stage.people]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Visitor.log_in, visitors))

    answers, taken = Counter[str](), 0
    for wave in range(WAVES):
        moods = [Random(f"{wave} {n}").random() for n in range(PATIENTS)]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            wave_answers = Counter(threads.map(lambda visitor, mood: attempt(visitor, stage.schedule_id, mood), visitors, moods))
        answers += wave_answers
        taken += wave_answers["kept"]
        # What was given back is free for the next wave, and what nobody paid for may be by then.
        eventually(lambda free=NUMBERS - taken: visitors[0].free(stage.schedule_id) >= free)
    assert set(answers) <= {"kept", "given back", "sold-out", "duplicate-booking", "unavailable", "unpaid-ends"}, answers
    assert answers["kept"] + answers["given back"] > NUMBERS, answers

    wrong: list[str] = []

    def quiet() -> bool:
        wrong[:] = violations(stack, stage.schedule_id)
        # Whoever is killed leaves pools to reconciliation, by design.
        return all(OF_POOLS in found for found in wrong)

    def repaired() -> bool:
        run_timer(stack, "ReconcileOrders", graceSeconds=0)
        wrong[:] = violations(stack, stage.schedule_id)
        return not wrong

    try:
        eventually(quiet, HOLD_SECONDS + 90)
        eventually(repaired)
    except AssertionError as error:
        raise AssertionError("\n".join([str(answers), *wrong])) from error


def attempt(visitor: Visitor, schedule_id: str, mood: float) -> str:
    """Ask for a number and, depending on the mood, pay for it, give it back, both or neither; return what became of it, or the refusal."""
    booked = visitor.book(schedule_id)
    if booked.status_code != 201:
        return str(booked.json()["type"]).removeprefix("urn:guahao:problem:")
    order_id = booked.json()["orderId"]
    if mood < 0.4:
        visitor.scan(visitor.open_payment(order_id).json()["codeUrl"])
    if 0.15 < mood < 0.85:
        assert visitor.cancel(order_id).status_code == 200
        return "given back"
    return "kept"


def violations(stack: Stack, schedule_id: str) -> list[str]:
    """Return what is wrong with the books."""
    command = [sys.executable, "-m", "tests.e2e.books", json.dumps(stack.addresses), schedule_id]
    done = subprocess.run(command, cwd=ROOT, env=stack.variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found
