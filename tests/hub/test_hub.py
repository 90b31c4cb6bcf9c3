"""Sessions outlive the process that held them, and have one owner at a time."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from tests.highlights.staged import conversation
from v100_ai.analysis import analyze
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected, StoreUnavailable
from v100_ai.hub import (
    AlreadyEnded,
    AtCapacity,
    Draining,
    Embedded,
    SessionElsewhere,
    SessionUnknown,
    embedded,
)
from v100_ai.layers.layer import LayerOff
from v100_ai.session.session import Session
from v100_ai.session.settings import Person, SessionSettings

pytestmark = pytest.mark.anyio
Made = Callable[..., Settings]


def told(runs: Embedded, session: Session) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=10_000)]


def assert_gapless(events: list[dict[str, Any]]) -> None:
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    assert len({each["id"] for each in events}) == len(events)


def abandon(runs: Embedded) -> None:
    """What a crash leaves: leases that nobody lets go of."""
    runs.hub.live.clear()


async def test_a_session_tells_of_its_whole_life(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("Standup", highlights=True)
        await session.join("alice", "Alice")
        await session.captions(conversation(12))
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    assert_gapless(events)
    kinds = [each["type"] for each in events]
    assert kinds[0] == "session.started"
    assert kinds[-2:] == ["session.stats", "session.ended"]
    assert {"participant.joined", "transcript.segment", "highlight.created"} <= set(kinds)
    assert events[-1]["data"] == {
        "reason": "ended",
        "report": f"/v1/meetings/{session.id}/report",
    }


async def test_what_a_dead_server_left_is_taken_up_without_loss_or_repeat(settings: Made):
    segments = conversation(40)
    async with embedded(settings()) as runs:
        session = await runs.meeting("Long", highlights=True, budget=False)
        await session.captions(segments[:25])
        abandon(runs)
    async with embedded(settings()) as runs:
        again = await runs.hub.session(session.id)
        assert again.record.epoch == 2
        # The sender does not know what was kept: it says all of it again.
        assert (await again.captions(segments)).new == 15
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    assert_gapless(events)
    said = [e["data"]["id"] for e in events if e["type"] == "transcript.segment"]
    assert said == [segment.id for segment in segments]
    born = [e["data"]["id"] for e in events if e["type"] == "highlight.created"]
    assert len(born) == len(set(born))


async def test_a_crash_changes_nothing_about_what_is_found(settings: Made, tmp_path):
    segments = conversation(40)

    async def found(*cuts: int, database: str) -> list[tuple[str, str]]:
        parts = [segments[a:b] for a, b in zip((0, *cuts), (*cuts, len(segments)), strict=True)]
        id_, events = None, list[dict[str, Any]]()
        for part in parts:
            async with embedded(settings(database=f"sqlite:///{tmp_path}/{database}")) as runs:
                session = (
                    await runs.meeting("M", highlights=True, budget=False)
                    if id_ is None
                    else await runs.hub.session(id_)
                )
                id_ = session.id
                for segment in part:
                    await session.captions([segment])
                if part is parts[-1]:
                    await runs.hub.end(session.id, "ended")
                else:
                    abandon(runs)
                events = told(runs, session)
        return [
            (each["data"]["type"], each["data"]["text"])
            for each in events
            if each["type"] == "highlight.created"
        ]

    assert await found(database="whole.db") == await found(11, 29, database="cut.db")


async def test_two_servers_never_both_own_a_session(settings: Made):
    async with embedded(settings(lease_seconds=3600)) as one:
        session = await one.meeting("Mine", highlights=True)
        async with embedded(settings(lease_seconds=3600)) as other:
            other.hub.me = "elsewhere/1/1"
            with pytest.raises(SessionElsewhere):
                await other.hub.session(session.id)
            other.store.release(session.id, session.record.epoch)
            taken = await other.hub.session(session.id)
            await taken.captions(conversation(1))
            with pytest.raises(Exception, match="another owner"):
                await session.captions(conversation(3))
            assert session.failed
            with pytest.raises(SessionElsewhere):
                await one.hub.session(session.id)
            assert_gapless(told(other, session))


async def test_a_write_that_fails_leaves_nothing_half_done(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True, budget=False)
        append = runs.store.append

        def away(*_: object, **__: object) -> Any:
            raise StoreUnavailable("gone")

        runs.store.append = away  # type: ignore[method-assign]
        with pytest.raises(StoreUnavailable):
            await session.captions(conversation(8))
        runs.store.append = append  # type: ignore[method-assign]
        again = await runs.hub.session(session.id)
        assert again is not session
        assert (await again.captions(conversation(8))).new == 8
        events = told(runs, session)
    assert_gapless(events)
    assert len([e for e in events if e["type"] == "transcript.segment"]) == 8


@pytest.mark.parametrize("state", ["fresh", "used", "failed", "ended", "elsewhere", "unknown"])
async def test_a_session_can_be_removed_whatever_state_it_is_in(settings: Made, state: str):
    async with embedded(settings(lease_seconds=3600)) as runs:
        session = await runs.meeting("M", highlights=True)
        if state == "used":
            await session.captions(conversation(5))
        elif state == "failed":
            session.failed = True
        elif state == "ended":
            await runs.hub.end(session.id, "ended")
        elif state == "elsewhere":
            runs.hub.live.clear()
            runs.hub.me = "elsewhere/1/1"
        elif state == "unknown":
            runs.store.remove_session(session.id)
        assert (await runs.hub.remove(session.id) is not None) == (state != "unknown")
        assert runs.store.session(session.id) is None
        assert runs.store.read(session.id, after=0, limit=10) == []
        with pytest.raises(SessionUnknown):
            await runs.hub.session(session.id)


async def test_what_has_ended_stays_ended(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True)
        await runs.hub.end(session.id, "ended")
        await runs.hub.end(session.id, "again")
        assert [e["type"] for e in told(runs, session)].count("session.ended") == 1
        with pytest.raises(AlreadyEnded):
            await runs.hub.session(session.id)


async def test_draining_lets_what_runs_go_on_and_takes_nothing_new(settings: Made):
    async with embedded(settings(drain_seconds=30)) as runs:
        sessions = [await runs.meeting(f"M{n}", highlights=True) for n in range(20)]
        async with anyio.create_task_group() as group:
            group.start_soon(runs.hub.drain)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(Draining):
                await runs.meeting("late", highlights=True)
            await runs.hub.end(sessions[0].id, "ended")
            for session in sessions[1:]:
                await (await runs.hub.session(session.id)).captions(conversation(2))
                await runs.hub.end(session.id, "ended")
        assert all(runs.store.session(one.id).state == "ended" for one in sessions)  # type: ignore[union-attr]


async def test_a_drained_server_hands_over_at_once(settings: Made):
    async with embedded(settings(drain_seconds=0)) as runs:
        session = await runs.meeting("M", highlights=True)
        await runs.hub.drain()
        record = runs.store.session(session.id)
        assert record is not None
        assert record.owner is None


async def test_who_was_invited_joins_by_their_name(settings: Made):
    async with embedded(settings()) as runs:
        invited = SessionSettings(people=(Person(id="ana", name="Ana Lee"),))
        session = await runs.hub.create(runs.hub.prepared("meeting", "default", "M", invited))
        assert isinstance(session, Session)
        await session.join("ana", None)
        await session.join("bo", None)
        await session.join("ana", None)
        assert session.participants == {"ana": "Ana Lee", "bo": None}


async def test_a_layer_that_is_off_says_so(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True)
        with pytest.raises(LayerOff, match="active_speaker"):
            await session.levels([])


async def test_there_are_no_more_sources_than_may_be_decoded(settings: Made):
    async with embedded(settings(workers=1)) as runs:
        await runs.stream("one", source="nothing.mp4", visual=True)
        with pytest.raises(AtCapacity):
            await runs.stream("two", source="nothing.mp4", visual=True)


async def test_an_unknown_setting_of_the_speaker_is_told(settings: Made):
    with pytest.raises(SettingRejected, match=r"speaker: .*volume"):
        async with embedded(settings(speaker={"volume": 1.0})):
            pass


async def test_claude_without_a_key_is_not_the_rules_in_silence(settings: Made):
    async with embedded(settings()) as runs:
        with pytest.raises(SettingRejected, match="anthropic_key"):
            await runs.meeting("M", highlights=True, engine="claude")


async def test_frames_are_pushed_in_process_and_read_from_the_log(settings: Made):
    rng = np.random.default_rng(1)
    async with embedded(settings()) as runs:
        session = await runs.stream("pushed", scene_complexity=True, motion_estimation=True)
        for index in range(60):
            frame = rng.integers(0, 255, (90, 160), np.uint8)
            assert session.push(frame, index / 25)
            if index < 10:
                with anyio.fail_after(45):
                    while session.taps.tracks[None].tap.stats.analysed <= index:
                        await anyio.lowlevel.checkpoint()
                await session.tick()
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    assert_gapless(events)
    seconds = [each["data"] for each in events if each["type"] == "frame.analysis"]
    counts = session.stats.counts["pushed"]
    assert counts["offered"] == 60
    assert sum(each["frames"] for each in seconds) == counts["analysed"]
    assert counts["analysed"] == 60 - (counts["replaced"] or 0)
    assert any(each["scene_complexity"] for each in seconds)


async def test_a_session_that_has_ended_takes_no_frame(settings: Made):
    async with embedded(settings()) as runs:
        stream = await runs.stream("S", visual=True)
        await runs.hub.end(stream.id, "done")
        assert not stream.push(np.zeros((72, 128), np.uint8), 0.0)


async def test_a_layer_that_there_is_not_is_told_in_a_line(settings: Made):
    async with embedded(settings()) as runs:
        with pytest.raises(SettingRejected, match=r"^layers\.smell: Extra .* found True$"):
            await runs.stream("S", smell=True)  # type: ignore[call-arg]


async def test_frames_for_no_layer_are_refused(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", highlights=True)
        with pytest.raises(LayerOff, match="frames"):
            session.push(np.zeros((90, 160), np.uint8), 0.0)


async def test_a_file_becomes_events_and_ends_its_session(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.stream(
            "file", source="scenes.mp4", pace="fast",
            scene_complexity=True, motion_estimation=True, visual=True,
        )  # fmt: skip
        with anyio.fail_after(45):
            kinds = [event.type async for event in runs.events(session.id)]
        assert kinds[-1] == "session.ended"
        events = told(runs, session)
    assert_gapless(events)
    assert {"source.connected", "frame.analysis", "scene.cut", "fault.found"} <= set(kinds)
    frames = sum(e["data"]["frames"] for e in events if e["type"] == "frame.analysis")
    assert runs.settings.files is not None
    assert frames == len(list(analyze(runs.settings.files / "scenes.mp4")))


async def test_a_source_outside_the_folder_is_refused(settings: Made):
    async with embedded(settings()) as runs:
        with pytest.raises(SettingRejected, match="in the server's folder"):
            await runs.stream("file", source="../../etc/passwd", visual=True)
        runs.hub.settings = settings(files=None)
        with pytest.raises(SettingRejected, match="expected a URL"):
            await runs.stream("file", source="scenes.mp4", visual=True)


async def test_an_error_in_the_block_comes_out_as_it_is(settings: Made):
    with pytest.raises(KeyError, match="mine"):
        async with embedded(settings()):
            raise KeyError("mine")


async def test_a_fault_in_one_session_is_that_session_s_alone(settings: Made):
    async with embedded(settings(lease_seconds=3600)) as runs:
        one, other = [await runs.meeting(name, highlights=True) for name in ("one", "other")]

        def wrong() -> float:
            raise ZeroDivisionError

        one.clock = wrong
        await runs.hub.live[one.id].tick()
        assert one.failed
        assert not other.failed
        again = await runs.hub.session(one.id)
        assert again is not one
        assert (await again.captions(conversation(2))).new == 2


async def test_who_is_there_and_who_is_muted_outlives_a_crash(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", active_speaker=True)
        for who in ("ann", "bob", "cyd"):
            await session.join(who, who.title())
        await session.mute("bob", muted=True)
        await session.leave("cyd")
        abandon(runs)
    async with embedded(settings()) as runs:
        state = (await runs.hub.session(session.id)).state
    assert state["participants"] == {"ann": "Ann", "bob": "Bob"}
    assert state["muted"] == ["bob"]
