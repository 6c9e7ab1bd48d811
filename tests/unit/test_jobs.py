"""Jobs: asked for once, done to an end, and seen as what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from infra.cloudformation import read
from infra.functions import ROOT

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.administration.jobs import (
    GAVE_UP,
    GIVEN_UP_AFTER,
    KEPT,
    LONGEST_RUN,
    MOST_ERRORS,
    Job,
    JobError,
    JobState,
    Work,
    job_id_of,
)
from guahao.domain.errors import Conflict, IdempotencyKeyReused, NotFound, Unavailable
from guahao.domain.versions import VersionConflict
from guahao.runtime.batch import pause_seconds
from guahao.usecases.administration.jobs import BROKEN, STEP, JobRunner, JobService, JobStatus, Run
from tests.builders import NOW
from tests.fakes.jobs import FakeFiles, FakeJobs

ERROR = JobError(3, "值", "wrong")


class World:
    def __init__(self) -> None:
        self.now = NOW
        self.jobs, self.files = FakeJobs(), FakeFiles()
        self.service = JobService(Work.EXPORT, self.jobs, self.files, self.jobs.log, self.clock)
        self.runner = JobRunner(self.jobs, self.clock)

    def clock(self) -> datetime:
        return self.now

    def ask(self, key: str = "k", kind: str = "dictionary", **parameters: str) -> JobStatus:
        return self.service.request("a1", key, kind, lambda _: parameters)

    def run(self, work: Callable[[Run], None]) -> Job:
        """Do the work as the one job that there is."""
        job_id = next(iter(self.jobs.jobs))
        self.runner.run(job_id, work)
        return self.jobs.jobs[job_id]


@pytest.fixture
def world() -> World:
    return World()


def test_the_same_key_is_the_same_job_and_no_key_is_always_a_new_one(world: World) -> None:
    first = world.ask()
    assert world.ask() == first
    assert first.job.state is JobState.QUEUED
    assert len({world.ask("").job.job_id, world.ask("").job.job_id, first.job.job_id}) == 3
    assert len({job_id_of(who, work, "k") for who in ("a1", "a2") for work in Work}) == 4


def test_who_asks_is_in_the_audit_log_once(world: World) -> None:
    job_id = world.ask().job.job_id
    world.ask()
    assert [entry.entry for entry in world.jobs.log.entries] == [AuditEntry("a1", Action.EXPORT_REQUESTED, f"dictionary/{job_id}")]


def test_a_key_cannot_ask_for_two_things(world: World) -> None:
    world.ask()
    with pytest.raises(IdempotencyKeyReused):
        world.ask(kind="orders")
    with pytest.raises(IdempotencyKeyReused):
        world.ask(hospital="10001")


def test_a_job_is_seen_at_the_desk_of_its_work_alone(world: World) -> None:
    job_id = world.ask().job.job_id
    other = JobService(Work.IMPORT, world.jobs, world.files, world.jobs.log, world.clock)
    for service, wanted in ((other, job_id), (world.service, "f" * 32)):
        with pytest.raises(NotFound):
            service.status("a1", wanted)


def test_progress_is_written_from_time_to_time_and_at_the_end(world: World) -> None:
    world.ask()

    def work(run: Run) -> None:
        assert sum(1 for _ in run.counted(range(2 * STEP + 5), 2 * STEP + 5)) == 2 * STEP + 5
        run.finish("exported", run.job.done, "exports/x.xlsx")

    job = world.run(work)
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 2 * STEP + 5, 2 * STEP + 5, "exported")
    written = [(job.state, job.done) for job in world.jobs.written]
    assert written == [(JobState.RUNNING, done) for done in (0, 0, STEP, 2 * STEP, 2 * STEP + 5)] + [(JobState.DONE, 2 * STEP + 5)]
    assert (
        world.service.status("a1", job.job_id).download_url
        == "https://files.example.com/exports/x.xlsx?as=dictionary-export-2026-03-02.xlsx"
    )


def test_whoever_gets_an_exports_file_is_in_the_audit_log(world: World) -> None:
    job_id = world.ask(kind="orders").job.job_id
    world.service.status("a2", job_id)
    world.run(lambda run: run.finish("exported", 0, "exports/x.xlsx"))
    world.service.status("a2", job_id)
    told = [(sealed.entry.actor, sealed.entry.action, sealed.entry.subject) for sealed in world.jobs.log.entries]
    assert told == [("a1", "export.requested", f"orders/{job_id}"), ("a2", "export.downloaded", f"orders/{job_id}")]


def test_a_job_that_has_ended_is_left_alone(world: World) -> None:
    world.ask()
    ended = world.run(lambda run: run.finish("exported", 1))
    assert world.run(lambda run: run.fail([ERROR])) == ended
    world.now += 2 * GIVEN_UP_AFTER
    assert world.run(lambda run: run.fail([ERROR])) == ended
    world.runner.run("unknown", lambda run: run.finish("exported", 1))
    assert list(world.jobs.jobs) == [ended.job_id]


def cut_off(run: Run) -> None:
    list(run.counted(range(STEP), STEP))
    raise KeyboardInterrupt


def test_a_job_that_was_cut_off_begins_anew_once_its_worker_cannot_live_any_more(world: World) -> None:
    world.ask()
    with pytest.raises(KeyboardInterrupt):
        world.run(cut_off)
    cut = next(iter(world.jobs.jobs.values()))
    assert (cut.state, cut.done) == (JobState.RUNNING, STEP)
    world.now += LONGEST_RUN - timedelta(seconds=1)
    with pytest.raises(Unavailable, match="Another worker"):
        world.run(lambda run: run.finish("exported", 1))
    assert next(iter(world.jobs.jobs.values())) == cut
    world.now += timedelta(seconds=1)
    begun: list[Job] = []
    world.run(lambda run: begun.append(run.job))
    assert (begun[0].state, begun[0].done, begun[0].total) == (JobState.RUNNING, 0, None)


def test_of_two_workers_the_later_one_has_the_job(world: World) -> None:
    world.ask()

    def overtaken(run: Run) -> None:
        world.now += LONGEST_RUN
        world.run(lambda later: later.finish("exported", 1))
        run.fail([ERROR])

    with pytest.raises(VersionConflict):
        world.run(overtaken)
    assert [job.state for job in world.jobs.jobs.values()] == [JobState.DONE]


def test_a_refusal_ends_the_job_with_its_reason(world: World) -> None:
    world.ask()

    def refuse(run: Run) -> None:
        raise Conflict("Somebody was faster.")

    job = world.run(refuse)
    assert (job.state, job.errors, job.error_count) == (JobState.FAILED, (JobError(None, None, "Somebody was faster."),), 1)


def test_what_does_not_answer_is_tried_again_until_the_job_is_too_old(world: World) -> None:
    world.ask()

    def down(run: Run) -> None:
        raise Unavailable("not now")

    for _ in range(3):
        with pytest.raises(Unavailable, match="not now"):
            world.run(down)
        assert [job.state for job in world.jobs.jobs.values()] == [JobState.QUEUED]
    world.now += GIVEN_UP_AFTER + timedelta(seconds=1)
    job = world.run(down)
    assert (job.state, job.errors[0].reason) == (JobState.FAILED, GAVE_UP)


@pytest.mark.parametrize("queue", ["ExportsQueue", "ImportsQueue"])
def test_a_job_is_given_up_before_its_message_is(queue: str) -> None:
    made = read(ROOT / "infra" / "queues.yaml")["Resources"][queue]["Properties"]
    tried_for = sum(pause_seconds(received) for received in range(1, made["RedrivePolicy"]["maxReceiveCount"]))
    assert tried_for > GIVEN_UP_AFTER.total_seconds()


def test_a_job_that_is_old_but_in_hand_is_not_given_up(world: World) -> None:
    job_id = world.ask().job.job_id
    world.now += GIVEN_UP_AFTER
    with pytest.raises(KeyboardInterrupt):
        world.run(cut_off)
    world.now += timedelta(minutes=1)
    assert world.service.status("a1", job_id).job.state is JobState.RUNNING
    world.now += LONGEST_RUN
    assert world.service.status("a1", job_id).job.state is JobState.FAILED


def test_a_fault_of_ours_ends_the_job_without_telling_its_inside_and_is_raised(world: World) -> None:
    world.ask()

    def broken(run: Run) -> None:
        raise ZeroDivisionError("secret inside")

    with pytest.raises(ZeroDivisionError):
        world.run(broken)
    job = next(iter(world.jobs.jobs.values()))
    assert (job.state, job.errors) == (JobState.FAILED, (JobError(None, None, BROKEN),))


def test_a_job_whose_worker_never_came_back_is_seen_as_failed(world: World) -> None:
    asked = world.ask()
    world.now += GIVEN_UP_AFTER
    assert world.service.status("a1", asked.job.job_id) == asked
    world.now += timedelta(seconds=1)
    seen = world.service.status("a1", asked.job.job_id).job
    assert (seen.state, seen.errors, seen.error_count) == (JobState.FAILED, (JobError(None, None, GAVE_UP),), 1)


def test_a_job_carries_its_first_hundred_errors_and_counts_them_all(world: World) -> None:
    world.ask()
    job = world.run(lambda run: run.fail((JobError(row, "id", "wrong") for row in range(250)), 250, "imports/x.xlsx"))
    assert (len(job.errors), job.errors[-1].row, job.error_count) == (MOST_ERRORS, MOST_ERRORS - 1, 250)
    assert world.service.status("a1", job.job_id).download_url


def test_jobs_and_their_files_are_forgotten_together_and_nobody_else_sees_these() -> None:
    made = read(ROOT / "infra" / "data.yaml")["Resources"]
    assert made["JobsTable"]["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    files = made["FilesBucket"]["Properties"]
    assert [rule["ExpirationInDays"] for rule in files["LifecycleConfiguration"]["Rules"]] == [KEPT.days]
    assert set(files["PublicAccessBlockConfiguration"].values()) == {True}
