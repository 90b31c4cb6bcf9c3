"""Highlights through the whole service: settled once whatever fails, told once, counted, and there for who comes late."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.highlights.fake_claude import FAULTS, KEY, FakeClaude, fake_claude
from tests.highlights.said import say
from tests.highlights.staged import (
    LINES,
    Memory,
    Patient,
    assert_settled_once,
    conversation,
    meeting,
    noted,
)
from v100_ai.config import Settings
from v100_ai.errors import StoreUnavailable
from v100_ai.events.highlights import HighlightCreated
from v100_ai.highlights.claude.call import Call
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.model import Segment
from v100_ai.hub import Embedded, channel, embedded
from v100_ai.layers.highlights.layer import HighlightsLayer
from v100_ai.layers.highlights.watched import Watched
from v100_ai.report import session_page
from v100_ai.report.session import collect
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings

pytestmark = pytest.mark.anyio
Made = Callable[..., Settings]

PROMISE = "I'll send the offer to everybody by Friday."
PEOPLE = [
    {"id": "A", "name": "Ana Silva", "address": "ana@example.org"},
    {"id": "D", "name": "Dana Wolf", "address": "dana@example.org"},
]


def told(runs: Embedded, session: Session, *kinds: str) -> list[dict[str, Any]]:
    events = [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=50_000)]
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    return [each for each in events if not kinds or each["type"] in kinds]


def asking(fake: FakeClaude, **more: Any) -> dict[str, Any]:
    return {"anthropic_key": KEY, "anthropic_url": fake.url, "dollars_an_hour": 1000.0} | more


async def prepared(runs: Embedded, **asked: Any) -> Session:
    """A meeting with more than its layers."""
    settings = SessionSettings.model_validate({"layers": {"highlights": True}, **asked})
    session = await runs.hub.create(runs.hub.prepared("meeting", "default", "M", settings))
    assert isinstance(session, Session)
    return session


async def hear(session: Session, segments: Sequence[Segment]) -> None:
    """At a pace that Claude keeps up with: one batch is settled before the next is filled."""
    (layer,) = session.layers
    assert isinstance(layer, HighlightsLayer)
    settlements, window = layer.meeting.settlements, layer.meeting.window
    for segment in segments:
        await session.captions([segment])
        while settlements.settled < window._next:
            await anyio.lowlevel.checkpoint()


def assert_one_id_each(events: list[dict[str, Any]]) -> None:
    """Each highlight is born once, and what was provisional is decided under its own id."""
    last: dict[str, str] = {}
    for event in events:
        if event["type"] == "highlight.created":
            assert event["data"]["id"] not in last
        elif event["type"] == "highlight.updated":
            assert event["data"]["id"] in last
        else:
            continue
        last[event["data"]["id"]] = event["data"]["status"]
    assert last
    assert set(last.values()) <= {"confirmed", "retracted"}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 1.0])
async def test_chaos_through_the_service_settles_every_segment_once(settings: Made, share: float):
    dice = random.Random(7)  # noqa: S311
    script = [dice.choice(FAULTS) if dice.random() < share else "ok" for _ in range(400)]
    if share == 1.0:
        script = [FAULTS[i % len(FAULTS)] for i in range(400)]
    segments = conversation(90)
    async with (
        fake_claude(answer=noted, script=script) as fake,
        embedded(settings(**asking(fake))) as runs,
    ):
        claude = runs.hub.resources["highlights"]
        assert isinstance(claude.ask, Watched)
        assert isinstance(claude.ask.ask, Call)
        claude.breaker = Patient()
        # Faults that hang end at the deadline; where there are none, a slow machine is not a fault.
        claude.ask.ask.deadline = 0.1 if share else 30.0
        session = await runs.meeting("M", highlights=True, budget=False)
        await hear(session, segments)
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
        assert_settled_once(list(map(dict, runs.store.journal(session.id))), segments)
    assert_one_id_each(events)
    (stats, _) = events[-2:]
    counts = stats["data"]["counts"]["highlights"]
    assert sum(counts[by] for by in ("claude", "rules", "dropped")) == len(segments)
    assert (counts["rules"] == 0) == (share == 0.0)
    assert (counts["claude"] == 0) == (share == 1.0)
    failed = [name for name in counts if name.startswith("failed: ")]
    assert len(failed) >= (8 if share == 1.0 else 0)


async def test_what_cannot_be_kept_is_settled_by_nobody(settings: Made):
    segments = conversation(8)
    async with fake_claude(answer=noted) as fake, embedded(settings(**asking(fake))) as runs:
        session = await runs.meeting("M", highlights=True, budget=False)
        append = runs.store.append

        def away(*_: object, **__: object) -> Any:
            raise StoreUnavailable("gone")

        runs.store.append = away  # type: ignore[method-assign]
        with pytest.raises(StoreUnavailable):
            await session.captions(segments)
        runs.store.append = append  # type: ignore[method-assign]
        again = await runs.hub.session(session.id)
        assert (await again.captions(segments)).new == 8
        await runs.hub.end(session.id, "ended")
        assert_settled_once(list(map(dict, runs.store.journal(session.id))), segments)
        assert_one_id_each(told(runs, session))


async def test_a_caller_who_gives_up_does_not_take_along_what_was_said(settings: Made):
    segments = conversation(8)
    async with fake_claude(answer=noted) as fake, embedded(settings(**asking(fake))) as runs:
        session = await runs.meeting("M", highlights=True, budget=False)
        with anyio.move_on_after(0):
            await session.captions(segments)
        await runs.hub.end(session.id, "ended")
        assert_settled_once(list(map(dict, runs.store.journal(session.id))), segments)


async def test_what_claude_takes_is_counted_and_capped(settings: Made):
    segments = conversation(60)
    cap = {"dollars_an_hour": 0.002}
    async with fake_claude(answer=noted) as fake, embedded(settings(**asking(fake, **cap))) as runs:
        session = await runs.meeting("M", highlights=True, budget=False)
        await hear(session, segments)
        watched = runs.hub.tally.sums()["highlights"]
        await runs.hub.end(session.id, "ended")
        counts = told(runs, session, "session.stats")[-1]["data"]["counts"]["highlights"]
        asked = len(fake.requests)
    assert 0 < asked < 15
    assert counts["calls"] == asked
    assert counts["input_tokens"] == 900 * asked
    assert counts["cached_tokens"] == 1500 * asked
    assert counts["output_tokens"] == 40 * asked
    # The answer that crosses the line is paid for; an hour's cap is open by a quarter from the start.
    assert 0.0005 <= counts["dollars"] < 0.0005 + 0.0002
    assert counts["failed: cost cap"] > 0
    assert watched["input_tokens"] == counts["input_tokens"]
    assert watched["rules"] > 0


async def test_a_meeting_that_is_taken_up_has_spent_what_it_spent(settings: Made):
    segments = conversation(80)
    cap = {"dollars_an_hour": 0.002}
    async with fake_claude(answer=noted) as fake:
        async with embedded(settings(**asking(fake, **cap))) as runs:
            session = await runs.meeting("M", highlights=True, budget=False)
            await hear(session, segments[:60])
            asked = len(fake.requests)
            runs.hub.live.clear()
        async with embedded(settings(**asking(fake, **cap))) as runs:
            again = await runs.hub.session(session.id)
            await hear(again, segments)
            await runs.hub.end(session.id, "ended")
            counts = told(runs, session, "session.stats")[-1]["data"]["counts"]["highlights"]
    assert len(fake.requests) == asked == counts["calls"]
    assert counts["input_tokens"] == 900 * asked
    assert counts["failed: cost cap"] > 0


async def test_who_comes_late_and_who_reads_the_report_have_the_whole_summary(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True, budget=False)
        await session.captions(conversation(24))
        early = session.state["summary"]
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    assert early["actions"]["D"][0]["text"] == PROMISE
    assert early["decisions"]
    last = [each["data"] for each in events if each["type"] == "summary.updated"][-1]
    document = session_page.document(collect(events))
    kept = {"text", "timestamp", "deadline", "answered_by"}

    def bare(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: line[key] for key in kept} for line in lines]

    assert last["answered_questions"] or last["open_questions"]
    for part in ("topics", "decisions", "open_questions", "answered_questions"):
        assert bare(document["summary"][part]) == bare(last[part])
    assert document["summary"]["actions"].keys() == last["actions"].keys()
    assert bare(document["summary"]["actions"]["D"]) == bare(last["actions"]["D"])


@pytest.mark.parametrize("present", [False, True], ids=["absent", "present"])
async def test_who_is_not_there_hears_of_their_work_once(settings: Made, present: bool):  # noqa: FBT001
    lines = say(
        ("A", "Dana will send the offer to mallory@evil.example by Friday."),
        ("B", "Good, and Mallory will check the numbers by Monday."),
        ("A", "Yes, Dana will send the offer to mallory@evil.example by Friday."),
        seconds=8.0,
    )
    async with embedded(settings()) as runs:
        session = await prepared(runs, people=PEOPLE)
        async with runs.bus.subscribe(channel("default", "dana@example.org")) as inbox:
            if present:
                await session.join("D", "Dana")
            await session.captions(lines)
            await session.captions(lines)
            await runs.hub.end(session.id, "ended")
            notified = told(runs, session, "notification.action_item")
            assert any(
                e["data"]["assignee"] == "Dana Wolf"
                for e in told(runs, session, "highlight.created")
            )
            assert len(inbox._events) == len(notified)
    addresses = [each["data"]["address"] for each in notified]
    assert addresses == ([] if present else ["dana@example.org"])


SMALL_TALK = (
    "Well, that is about what the colleagues from the other site said.",
    "It has been that way for most of the year, more or less.",
    "And the weather was not that good either, to be honest.",
)


def hour() -> list[Segment]:
    """Somebody asks, decides or promises something every minute; the rest is talk."""
    things = [
        "budget",
        "printer",
        "website",
        "contract",
        "parser",
        "remote",
        "battery",
        "logo",
        "survey",
        "garden",
    ]
    lines: list[str] = []
    for minute in range(60):
        line = LINES[minute % len(LINES)].replace("the ", f"the {things[minute % 10]} ", 1)
        lines += [line, *(SMALL_TALK[index % 3] for index in range(19))]
    return say(*[("ABCD"[i % 4], line) for i, line in enumerate(lines)], seconds=3.0)


async def test_an_hour_replayed_fast_is_held_to_an_hours_highlights(settings: Made):
    segments = hour()
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True)
        for index in range(0, len(segments), 10):
            await session.captions(segments[index : index + 10])
        await runs.hub.end(session.id, "ended")
        found = [e["data"]["text"] for e in told(runs, session, "highlight.created")]
    offline = meeting(Memory(), judged=False, governor=Governor())
    events = [e for one in segments for e in offline.hear(one, one.end).events]
    end = segments[-1].end
    events += [*offline.finish(end).events, *offline.close(end)]
    assert found == [e.highlight.text for e in events if isinstance(e, HighlightCreated)]
    assert 15 <= len(found) <= 25
    everything = meeting(Memory(), judged=False)
    all_ = [e for one in segments for e in everything.hear(one, one.end).events]
    assert sum(isinstance(e, HighlightCreated) for e in all_) > 25
