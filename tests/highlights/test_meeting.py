"""Every final segment is settled exactly once, whatever fails and whenever the process dies."""

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings, strategies as st

from tests.highlights.fake_claude import FAULTS, KEY, fake_claude
from tests.highlights.said import say
from tests.highlights.staged import (
    Memory,
    Patient,
    assert_settled_once,
    conversation,
    drive,
    meeting,
    noted,
)
from v100_ai.events.highlights import HighlightCreated, HighlightUpdated, SummaryUpdated
from v100_ai.highlights.claude.call import Call
from v100_ai.highlights.claude.client import connect
from v100_ai.highlights.claude.cost import Meter
from v100_ai.highlights.claude.judge import Judge
from v100_ai.highlights.claude.prompt import MODEL
from v100_ai.highlights.claude.verdict import Update, Verdict
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.journal import Journal
from v100_ai.highlights.meeting import Event
from v100_ai.highlights.model import Finding, Segment
from v100_ai.highlights.recorded import replay

DETAILS = (
    "budget", "copy", "design", "contract", "venue", "backlog", "migration", "survey", "roadmap", "catering",
    "pricing", "translation", "insurance", "website", "training", "photos", "legal review", "hardware",
)  # fmt: skip


def assert_unique(events: Iterable[Event]) -> None:
    born = Counter(event.highlight.id for event in events if isinstance(event, HighlightCreated))
    assert set(born.values()) <= {1}


def run_rules(
    segments: list[Segment], governor: Governor | None = None
) -> tuple[Memory, list[Event]]:
    log, events = Memory(), list[Event]()
    one = meeting(log, judged=False, governor=governor)
    for segment in segments:
        events += one.hear(segment, segment.end).events
    end = segments[-1].end
    events += [*one.finish(end).events, *one.close(end)]
    return log, events


@pytest.mark.parametrize("governor", [None, Governor()], ids=["everything", "governed"])
def test_by_the_rules_alone_every_segment_is_settled_once(governor: Governor | None):
    segments = conversation(200)
    log, events = run_rules(segments, governor)
    assert_settled_once(log.entries, segments)
    assert_unique(events)
    kinds = {event.highlight.type for event in events if isinstance(event, HighlightCreated)}
    assert {"question", "action_item", "decision"} <= kinds


def test_a_final_sent_again_changes_nothing():
    one = meeting(Memory(), judged=False)
    (segment,) = say(("A", "I'll send the offer to everybody by Friday."))
    assert one.hear(segment, 2.0).events
    assert one.hear(segment, 3.0).events == ()


@pytest.mark.anyio
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 1.0])
async def test_chaos_loses_nothing_and_settles_nothing_twice(share: float):
    dice = random.Random(7)  # noqa: S311
    segments, log, events = conversation(90), Memory(), list[Event]()
    one = meeting(log, judged=True)
    script = [dice.choice(FAULTS) if dice.random() < share else "ok" for _ in range(400)]
    if share == 1.0:
        script = [FAULTS[i % len(FAULTS)] for i in range(400)]
    # Faults that hang end at the deadline; where there are none, a slow machine is not a fault.
    deadline = 0.1 if share else 30.0
    async with (
        fake_claude(answer=noted, script=script) as fake,
        connect(KEY, base_url=fake.url) as send,
    ):
        judge = Judge(
            ask=Call(send, deadline=deadline, jitter=lambda: 0.0),
            breaker=Patient(),
            clock=anyio.current_time,
            meter=Meter(MODEL, dollars_an_hour=1_000.0),
        )
        await replay(one, judge, segments, events.append)
    assert_settled_once(log.entries, segments)
    assert_unique(events)
    counts = one.settlements.counts
    assert sum(counts.values()) == len(segments)
    assert not any(each.status == "provisional" for each in one.ledger.highlights.values())
    if share == 0.0:
        assert counts["rules"] == 0
    if share == 1.0:
        assert counts["claude"] == 0
        assert len(judge.failures) >= 8


def test_there_are_twelve_kinds_of_fault_or_more():
    assert len(set(FAULTS)) >= 12


def test_a_provisional_highlight_is_judged_under_its_own_id():
    one = meeting(Memory(), judged=True)
    (segment,) = say(("A", "I'll send the offer to everybody by Friday."))
    step = one.hear(segment, 2.0)
    (born,) = [event for event in step.events if isinstance(event, HighlightCreated)]
    assert born.highlight.status == "provisional"
    (batch,) = one.finish(3.0).batches
    (changed,) = [e for e in one.settle(batch, None, 3.0) if isinstance(e, HighlightUpdated)]
    assert (changed.highlight.id, changed.highlight.status) == (born.highlight.id, "confirmed")


def test_taken_back_and_found_anew_keeps_its_id():
    one = meeting(Memory(), judged=True)
    (segment,) = say(("A", "I'll send the offer to everybody by Friday."))
    one.hear(segment, 2.0)
    (batch,) = one.finish(3.0).batches
    (old,) = one.ledger.highlights.values()
    anew = Finding(
        type="action_item", text="A sends the offer.", quote=segment.text, speaker="A", start=0.0,
        segments=(segment.id,), confidence=0.9,
    )  # fmt: skip
    verdict = Verdict(
        findings=(anew,), updates=(Update(id=old.id, action="retract"),), summary="", refused=0
    )
    one.settle(batch, verdict, 3.0)
    (new,) = one.ledger.highlights.values()
    assert (new.id, new.status, new.text) == (old.id, "confirmed", "A sends the offer.")


def test_what_claude_takes_back_is_retracted_for_good():
    one = meeting(Memory(), judged=True)
    (segment,) = say(("A", "I'll send the offer to everybody by Friday."))
    one.hear(segment, 2.0)
    (batch,) = one.finish(3.0).batches
    taken = Verdict(
        findings=(), updates=(Update(id="h1", action="retract"),), summary="", refused=0
    )
    events = one.settle(batch, taken, 3.0)
    assert [e.highlight.status for e in events if isinstance(e, HighlightUpdated)] == ["retracted"]
    (summary,) = [event for event in events if isinstance(event, SummaryUpdated)]
    assert summary.actions == {}


def test_each_change_comes_with_the_summary_as_it_then_stands():
    one = meeting(Memory(), judged=False)
    *_, summary = one.hear(say(("A", "I'll send the offer to everybody by Friday."))[0], 2.0).events
    assert isinstance(summary, SummaryUpdated)
    assert [line.text for line in summary.actions["A"]] == [
        "I'll send the offer to everybody by Friday."
    ]


class Crash(Exception):
    pass


class Dying(Memory):
    def __init__(self, entries: list[dict[str, Any]], lives: int) -> None:
        super().__init__()
        self.entries, self.lives = list(entries), lives

    def append(self, record: dict[str, Any]) -> None:
        if self.lives == 0:
            raise Crash
        self.lives -= 1
        super().append(record)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=6), st.booleans(), st.booleans())
def test_a_crash_at_any_record_loses_nothing(lives: list[int], judged: bool, governed: bool):  # noqa: FBT001
    segments = conversation(40)
    entries: list[dict[str, Any]] = []
    one = meeting(Memory(), judged=judged)
    for life in [*lives, 10_000]:
        log = Dying(entries, life)
        one = meeting(log, judged=judged, governor=Governor() if governed else None)
        try:
            for batch in one.resume(entries).batches:
                one.settle(batch, None, 0.0)
            drive(one, segments)
        except Crash:
            pass
        entries = log.entries
    assert_settled_once(entries, segments)
    last: dict[str, str] = {}
    for entry in entries:
        for each in entry["highlights"]:
            assert last.setdefault(each["id"], each["type"]) == each["type"]
    assert not [e for e in one.ledger.highlights.values() if e.status == "provisional"]


def test_a_crash_brings_back_the_same_highlights_as_an_undisturbed_run():
    segments = conversation(40)
    whole, _ = run_rules(segments)
    log = Dying([], 25)
    one = meeting(log, judged=False)
    with pytest.raises(Crash):
        drive(one, segments)
    again = Dying(log.entries, 10_000)
    two = meeting(again, judged=False)
    two.resume(log.entries)
    drive(two, segments)

    def final(entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {each["id"]: each for entry in entries for each in entry["highlights"]}

    assert final(again.entries) == final(whole.entries)


CHILD = """
import sys
from pathlib import Path
from tests.highlights.staged import conversation, drive, meeting
from v100_ai.highlights.journal import Journal

with Journal(Path(sys.argv[1])) as log:
    one = meeting(log, judged=True)
    for batch in one.resume(log.earlier()).batches:
        one.settle(batch, None, 0.0)
    print("ready", flush=True)
    drive(one, conversation(400))
print("done", flush=True)
"""


def test_kill_9_between_accept_and_settle_loses_nothing(tmp_path: Path):
    journal, killed = tmp_path / "journal", 0
    for wait in (0.002, 0.01, 0.02, None):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(journal)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child, child.stdout:
            assert child.stdout.readline() == "ready\n"
            if wait is not None:
                threading.Event().wait(wait)
                child.kill()
            child.wait()
        killed += child.returncode == -signal.SIGKILL
    assert killed >= 1
    with Journal(journal) as log:
        assert_settled_once(log.earlier(), conversation(400))


def test_a_line_cut_short_by_a_crash_never_happened(tmp_path: Path):
    path = tmp_path / "journal"
    with Journal(path) as log:
        log.append({"n": 1})
        log.append({"n": 2})
    path.write_bytes(path.read_bytes()[:-4])
    with Journal(path) as log:
        assert log.earlier() == [{"n": 1}]
        log.append({"n": 3})
    with Journal(path) as log:
        assert log.earlier() == [{"n": 1}, {"n": 3}]


def test_a_question_that_is_put_off_says_by_whom_until_it_is_answered():
    asked = ("A", "When does the vendor send the contract?")
    _, events = run_rules(say(asked, ("B", "Not sure, I will get back to you on that.")))
    states = {
        each.highlight.id: each.highlight
        for each in events
        if isinstance(each, HighlightCreated | HighlightUpdated)
    }
    assert [
        (each.answered, each.deferred_to) for each in states.values() if each.type == "question"
    ] == [(None, "B")]
    summary = [each for each in events if isinstance(each, SummaryUpdated)][-1]
    assert [each.deferred_to for each in summary.open_questions] == ["B"]


def test_what_the_budget_holds_back_is_counted_in_the_last_summary():
    lines = [("A", f"Who owns the {what} of the launch?") for what in DETAILS]
    governor = Governor()
    _, events = run_rules(say(*lines), governor)
    shown = sum(isinstance(each, HighlightCreated) for each in events)
    summary = [each for each in events if isinstance(each, SummaryUpdated)][-1]
    assert 0 < shown < len(lines)
    assert summary.held_back == governor.held_back.total() == len(lines) - shown
