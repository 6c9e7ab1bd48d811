"""Thousands of stories full of faults, each of which must end well.

`--seeds N` tells the first N of them, `--seed K` the story of K alone, the same each time.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.servers import ROOT
from tests.simulation.story import story
from tests.simulation.unrepaired import Unrepaired
from tests.simulation.world import World

QUICK, CHUNK = 30, 30
STEPS_SHOWN = 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the seeds into chunks that processes can share; all but the first few are left to `make test`."""
    if "chunk" not in metafunc.fixturenames:
        return
    seeds, only = metafunc.config.getoption("--seeds"), metafunc.config.getoption("--seed")
    chunks = [range(first, min(first + CHUNK, seeds)) for first in range(0, seeds, CHUNK)] if only is None else [range(only, only + 1)]
    slow = [[pytest.mark.slow] if only is None and chunk.start >= QUICK else [] for chunk in chunks]
    metafunc.parametrize("chunk", [pytest.param(c, marks=m, id=f"from {c.start}") for c, m in zip(chunks, slow, strict=True)])


def test_every_story_ends_well(chunk: range) -> None:
    for seed in chunk:
        require_good_end(seed, World)


def test_where_nothing_is_lost_and_no_call_fails_streams_and_queues_bring_all_to_its_end(chunk: range) -> None:
    for seed in chunk[::5]:
        require_good_end(seed, Unrepaired)


def require_good_end(seed: int, kind: type[World]) -> None:
    """Fail with what is wrong in the end of the seed's story, and how it came to that."""
    with story(seed, kind) as told:
        told.tell()
        wrong = told.wrong()
    if wrong:
        last = [" ".join(map(str, step)) for step in told.machine.steps[-STEPS_SHOWN:]]
        again = f"Told again by: python -m pytest tests/simulation --seed {seed}"
        pytest.fail("\n".join([f"The story of seed {seed} ends badly:", *wrong, again, "Its last steps:", *last]), pytrace=False)


@pytest.mark.slow
def test_a_seed_tells_the_same_story_in_every_process() -> None:
    told = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; sys.path.insert(0, '.'); from tests.simulation.test_simulation import tell; tell(range(8))",
            ],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}/layers/core/python", "PYTHONHASHSEED": order_of_sets},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for order_of_sets in ("1", "2")
    ]
    assert told[0].count("\n") > 1000
    assert told[0] == told[1]


def tell(seeds: range) -> None:
    """Print all steps of the seeds' stories."""
    for seed in seeds:
        with story(seed) as told:
            told.tell()
        for step in told.machine.steps:
            print(seed, *step)
