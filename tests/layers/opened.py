"""Every layer there is, opened without a service, and inputs for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from hypothesis import strategies as st

from tests.highlights.staged import LINES
from v100_ai.events import Event, SceneCut, read
from v100_ai.events.speaker import Box
from v100_ai.highlights.model import Segment
from v100_ai.layers.clips.resource import Studio
from v100_ai.layers.flags import FLAGS, Flag, layers_of
from v100_ai.layers.inputs import (
    Columns,
    Face,
    Frames,
    Input,
    Joined,
    Left,
    Level,
    Levels,
    Missed,
    Muted,
    Past,
    Segments,
    Sound,
    Speaking,
)
from v100_ai.layers.layer import Layer, Opening, Step, own, signed
from v100_ai.records import Json
from v100_ai.session.settings import Layers
from v100_ai.speech.recognizer import RATE, Piece

PEOPLE = ("ana", "bob", "cyd")


async def recognise(samples: bytes) -> Sequence[Piece]:
    return [Piece(start=0.0, end=len(samples) / 2 / RATE, text="So we decided that.")]


STUDIO = Studio(Path("/nonexistent"), None, anyio.CapacityLimiter(1), 1 << 30)
"""Renders nothing: nobody runs the layers here."""

RESOURCES: Mapping[str, Any] = {"transcription": recognise, "clips": STUDIO}

BEHIND = {layer.name: flag for flag, layer in layers_of(each.name for each in FLAGS)}
"""Each layer's name, and the flag it is opened with."""


def opened(flag: Flag, layer: str) -> Layer:
    layers = Layers.model_validate({flag.name: True})
    made = {
        kind.name: kind.open(
            Opening(
                settings=layers.of(each),
                on=layers.on,
                options=layers,
                resource=RESOURCES.get(each.name),
                clock=lambda: 0.0,
                begins=datetime(2026, 5, 1, tzinfo=UTC),
            )
        )
        for each, kind in layers_of(layers.on)
    }
    return made[layer]


@dataclass
class Kept:
    """What a session's log holds of one layer."""

    events: list[Event] = field(default_factory=list)
    journal: list[Json] = field(default_factory=list)
    state: dict[str, Json] = field(default_factory=dict)
    here: dict[str, str | None] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)

    def keep(self, layer: Layer, step: Step) -> Step:
        """As the log does: by way of JSON."""
        for event in step.events:
            found = read(event.type, json.loads(json.dumps(event.to_json(), allow_nan=False)))
            assert found == event
            self.events.append(event)
        self.journal += json.loads(json.dumps(signed(layer, step).journal, allow_nan=False))
        for key, value in json.loads(json.dumps(step.state, allow_nan=False)).items():
            self.state[key] = value
        return step

    def past(self, layer: Layer) -> Past:
        return Past(
            events=[each for each in self.events if type(each) in layer.remembers],
            journal=own(layer, self.journal),
            state=dict(self.state),
            participants=dict(self.here),
            muted=frozenset(self.muted),
        )

    def follow(self, given: Input) -> None:
        match given:
            case Joined():
                self.here[given.participant] = None
            case Left():
                self.here.pop(given.participant, None)
            case Muted():
                (self.muted.add if given.muted else self.muted.discard)(given.participant)
            case _:
                pass


people = st.sampled_from(PEOPLE)


def script(count: int) -> list[Input]:
    """A session as it may go: people come, talk, are seen, leave."""
    inputs: list[Input] = [Joined(who) for who in PEOPLE]
    for number in range(count):
        who, at = PEOPLE[number % 3], float(number)
        inputs.append(Speaking())
        inputs.append(said(number))
        inputs.append(Face(who, Box(x=0.3, y=0.3, width=0.2, height=0.2)))
        inputs.append(
            Levels([Level(round(at + step / 50, 3), who, -25.0 + step % 5) for step in range(50)])
        )
        inputs.append(Sound(who, (b"\x00\x20" * 80 + b"\x00\xe0" * 80) * 100, RATE, at))
        inputs.append(frames(number))
        if number % 7 == 6:
            inputs += [Muted(who, True), Muted(who, False)]  # noqa: FBT003
        if number % 11 == 10:
            inputs += [Left(who), Joined(who)]
    return inputs


def said(number: int) -> Segments:
    text = LINES[number % len(LINES)]
    who, at = PEOPLE[number % 3], float(number)
    return Segments([Segment(id=f"s{number}", participant=who, start=at, end=at + 0.9, text=text)])


def frames(number: int, track: str | None = None) -> Frames:
    """A second of frames: dark ones from the fifth on."""
    numbers = list(range(number * 25, number * 25 + 25))
    columns: Columns = {
        "frame": numbers,
        "pts": [each / 25 for each in numbers],
        "visual_black_ratio": [1.0 if number >= 5 else 0.0] * 25,
        "motion_magnitude": [float(number % 3)] * 25,
    }
    found = [SceneCut(pts=numbers[3] / 25, frame=numbers[3], score=0.7)]
    return Frames(columns, found, track, {"frame": numbers[-1], "pts": numbers[-1] / 25})


inputs = st.one_of(
    st.builds(Joined, people),
    st.builds(Left, people),
    st.builds(Muted, people, st.booleans()),
    st.builds(Face, people, st.none() | st.just(Box(x=0.1, y=0.1, width=0.2, height=0.2))),
    st.builds(
        Levels,
        st.lists(st.builds(Level, st.floats(0, 100), people, st.floats(-127, 0)), max_size=5),
    ),
    st.builds(
        Sound,
        people,
        st.binary(max_size=64).map(lambda each: each[: len(each) // 2 * 2]),
        st.sampled_from([8000, 16000]),
        st.floats(0, 100),
    ),
    st.integers(0, 40).map(said),
    st.just(Speaking()),
    st.builds(frames, st.integers(0, 40), st.sampled_from([None, "ana"])),
    st.builds(
        Missed, st.floats(0, 50), st.floats(50, 100), st.text(max_size=5), st.none() | people
    ),
)
