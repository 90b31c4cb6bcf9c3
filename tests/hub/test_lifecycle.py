"""Any order of what may happen to sessions, faults and crashes among it, leaves logs that are whole."""

import json
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from anyio.from_thread import start_blocking_portal
from hypothesis import settings as profile, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.highlights.staged import LINES
from v100_ai.config import Settings
from v100_ai.errors import StoreUnavailable, V100Error
from v100_ai.highlights.model import Segment
from v100_ai.hub import AlreadyEnded, Embedded, SessionUnknown, embedded
from v100_ai.layers.inputs import Frames, Level, Levels

PICTURE = np.random.default_rng(3).integers(0, 255, (36, 64), np.uint8)


class Life(RuleBasedStateMachine):
    """One server, killed and started again, and what a careful client knows of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.portal_block = start_blocking_portal()
        self.portal = self.portal_block.__enter__()
        self.said: dict[str, list[str]] = {}
        """Of each session, the segments that were acknowledged."""
        self.ended: set[str] = set()
        self.gone: set[str] = set()
        self.count = 0
        self.pts = 0.0
        self.away = False

    @initialize()
    def start(self) -> None:
        given = Settings.read(None, database=f"sqlite:///{self.folder.name}/v100.db")
        self.block: AbstractContextManager[Embedded] = self.portal.wrap_async_context_manager(
            embedded(given)
        )
        self.runs = self.block.__enter__()
        self.append = self.runs.store.append
        self.away = False

    @property
    def there(self) -> list[str]:
        return sorted(self.said.keys() - self.gone)

    def call(self, work: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """The result, or what was refused while the database is away."""
        try:
            return self.portal.call(work, *args)
        except StoreUnavailable:
            assert self.away
            return None

    @rule(layers=st.sampled_from(["highlights", "active_speaker", "visual"]))
    def create(self, layers: str) -> None:
        async def create() -> str:
            asked: Any = {layers: True}
            return (await self.runs.meeting("M", **asked)).id

        made = self.call(create)
        if made is not None:
            self.said[made] = []

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def speak(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.there))
        self.count += 1
        number = self.count
        text = LINES[number % len(LINES)]
        segment = Segment(
            id=f"s{number}", participant="ann", start=number, end=number + 1.0, text=text
        )

        async def speak() -> bool:
            session = await self.runs.hub.session(id_)
            return (await session.captions([segment, segment])).new == 1

        try:
            if self.call(speak):
                self.said[id_].append(segment.id)
        except AlreadyEnded:
            assert id_ in self.ended

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def show(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.there))

        async def show() -> None:
            session = await self.runs.hub.session(id_)
            self.pts += 0.5
            if session.takes(Levels):
                level = Level(at=self.pts, participant="ann", level=-25.0)
                await session.levels([level] * 3)
            elif session.takes(Frames):
                session.push(PICTURE, self.pts)
                await session.tick()

        try:
            self.call(show)
        except AlreadyEnded:
            assert id_ in self.ended

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.there))

        async def end() -> bool:
            await self.runs.hub.end(id_, "ended")
            return True

        if self.call(end):
            self.ended.add(id_)

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.there))
        if self.call(self.runs.hub.remove, id_):
            self.gone.add(id_)

    @precondition(lambda self: not self.away)
    @rule()
    def lose_the_database(self) -> None:
        def away(*_: object, **__: object) -> Any:
            raise StoreUnavailable("away")

        self.runs.store.append = away  # type: ignore[method-assign]
        self.away = True

    @precondition(lambda self: self.away)
    @rule()
    def find_the_database(self) -> None:
        self.runs.store.append = self.append  # type: ignore[method-assign]
        self.away = False

    @rule()
    def crash(self) -> None:
        async def abandon() -> None:
            for live in self.runs.hub.live.values():
                live.session.taps.close()
            self.runs.hub.live.clear()

        self.portal.call(abandon)
        self.block.__exit__(None, None, None)
        self.start()

    @invariant()
    def logs_are_whole(self) -> None:
        if not hasattr(self, "runs"):
            return
        for id_, said in self.said.items():
            found = self.runs.store.read(id_, after=0, limit=10_000)
            if id_ in self.gone:
                assert found == []
                continue
            events = [json.loads(one.body) for one in found]
            assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
            heard = [e["data"]["id"] for e in events if e["type"] == "transcript.segment"]
            assert len(heard) == len(set(heard))
            assert set(said) <= set(heard)
            born = [e["data"]["id"] for e in events if e["type"] == "highlight.created"]
            assert len(born) == len(set(born))
            if id_ in self.ended:
                assert [e["type"] for e in events].count("session.ended") == 1
                assert events[-1]["type"] == "session.ended"

    def teardown(self) -> None:
        if hasattr(self, "runs"):
            self.runs.store.append = self.append  # type: ignore[method-assign]
            active = [id_ for id_ in self.there if id_ not in self.ended]
            for id_ in active:
                try:
                    self.portal.call(self.runs.hub.session, id_)
                except (SessionUnknown, V100Error) as lost:
                    raise AssertionError(f"{id_} cannot be had again") from lost
                record = self.runs.store.session(id_)
                assert record is not None
                assert record.owner == self.runs.hub.me
            self.block.__exit__(None, None, None)
        self.portal_block.__exit__(None, None, None)
        self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = profile(stateful_step_count=20, deadline=None)
