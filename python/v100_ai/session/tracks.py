"""Tracks: where an earlier run left each picture of a session, and where participants' pictures come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio

from v100_ai.layers.inputs import PLACE, SOURCE, keyed
from v100_ai.layers.layer import NOTHING, Step
from v100_ai.records import Json


@dataclass(frozen=True, slots=True)
class Source:
    """Where a participant's frames come from, for as long as it is not `gone`."""

    url: str
    gone: anyio.Event = field(default_factory=anyio.Event)


@dataclass(slots=True)
class Tracks:
    """A stream has one track, without a name; a meeting one a participant."""

    kept: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What was kept of an earlier run, by key."""
    sources: dict[str, Source] = field(default_factory=dict[str, Source])

    def resume(self, state: Mapping[str, Json]) -> None:
        """Take up what an earlier run kept."""
        self.kept = state
        for key, found in state.items():
            kind, _, participant = key.partition("/")
            if kind == SOURCE and participant:
                self.sources[participant] = Source(str(found["url"]))

    def place(self, track: str | None = None) -> Json:
        """Where an earlier run left a track: how many `frames` were numbered, and the `position` of its source."""
        found = self.kept.get(keyed(PLACE, track))
        return found if found is not None else {}

    def numbered(self, track: str | None) -> int:
        """How many frames of a track earlier runs have told of."""
        count: int = self.place(track).get("frames", 0)
        return count

    def add(self, participant: str, url: str) -> Step:
        """A participant's frames come from there, and not from where they came before."""
        known = self.sources.get(participant)
        if known is not None and known.url == url:
            return NOTHING
        if known is not None:
            known.gone.set()
        self.sources[participant] = Source(url)
        return Step(state={keyed(SOURCE, participant): {"url": url}})

    def drop(self, participant: str) -> Step:
        """Nothing more comes of a participant."""
        known = self.sources.pop(participant, None)
        if known is None:
            return NOTHING
        known.gone.set()
        return Step(state={keyed(SOURCE, participant): None})
