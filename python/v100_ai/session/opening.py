"""A session made live: its layers by its settings, and what an earlier run left of them by the log."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from v100_ai.events import (
    Event,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    TranscriptSegment,
)
from v100_ai.highlights.roster import Person
from v100_ai.layers.flags import layers_of
from v100_ai.layers.inputs import Past
from v100_ai.layers.layer import Layer, Opening, Step, own, signed, summed
from v100_ai.records import Json, SessionRecord
from v100_ai.session.appends import Write
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings

OWN: Final = (ParticipantJoined, ParticipantLeft, ParticipantMuted, TranscriptSegment)
"""The classes of events that a session itself remembers."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run left: its events of the classes that are `remembered`, its journal, its state."""

    events: Sequence[Event] = ()
    journal: Sequence[Json] = ()
    state: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and what it has to keep first."""

    session: Session
    step: Step


def remembered(settings: Json) -> tuple[type[Event], ...]:
    """The classes of events that a session of these settings is made live again from."""
    layers = layers_of(SessionSettings.model_validate(settings).layers.on)
    return tuple({*OWN, *(kind for _, layer in layers for kind in layer.remembers)})


def opened(
    record: SessionRecord,
    *,
    write: Write,
    clock: Callable[[], float],
    tell: Callable[[dict[str, Any]], None],
    resources: Mapping[str, Any],
    past: Earlier | None = None,
) -> Opened:
    """The session of that record. Without a past it is new. `resources` are what the service opened, by flag.

    Raises `ValueError` for settings that cannot be used, or not by this service.
    """
    settings = SessionSettings.model_validate(record.settings)
    layers = tuple(_layers(record, settings, clock, resources))
    session = Session(record, settings, write, clock, tell, layers=layers)
    return Opened(session, Step() if past is None else _resumed(session, past))


def _layers(
    record: SessionRecord,
    settings: SessionSettings,
    clock: Callable[[], float],
    resources: Mapping[str, Any],
) -> Iterable[Layer]:
    begins = settings.begins or datetime.fromtimestamp(record.created, UTC)
    people = tuple(
        Person(name=one.name, address=one.address, participant=one.id, nicknames=one.nicknames)
        for one in settings.people
    )
    for flag, layer in layers_of(settings.layers.on):
        yield layer.open(
            Opening(
                settings=settings.layers.of(flag),
                on=settings.layers.on,
                options=settings.layers,
                resource=resources.get(flag.name),
                clock=clock,
                begins=begins.astimezone(ZoneInfo(settings.time_zone)),
                people=people,
                session=record.id,
                source=settings.source,
            )
        )


def _resumed(session: Session, past: Earlier) -> Step:
    """Give a session and its layers what an earlier run left of them."""
    for event in past.events:
        match event:
            case TranscriptSegment():
                session.heard.remember(event)
            case _:
                session.roster.follow(event)
    session.tracks.resume(past.state)
    return summed(
        signed(
            layer,
            layer.resume(
                Past(
                    events=[each for each in past.events if type(each) in layer.remembers],
                    journal=own(layer, past.journal),
                    state=past.state,
                    participants=dict(session.participants),
                    muted=frozenset(session.roster.muted),
                )
            ),
        )
        for layer in session.layers
    )
