"""A session made live: its layers by its settings, and what an earlier run left of them by the log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from v100_ai.director import SpeakerSettings
from v100_ai.errors import SettingRejected
from v100_ai.highlights.meeting import Step
from v100_ai.records import Json, Session as Record
from v100_ai.session import minutes
from v100_ai.session.drafts import Event
from v100_ai.session.floor import Floor
from v100_ai.session.minutes import Claude
from v100_ai.session.picture import Picture
from v100_ai.session.session import Session, Write
from v100_ai.session.settings import SessionSettings
from v100_ai.session.window import FrameWindow
from v100_ai.speech.recognizer import Recognise

if TYPE_CHECKING:
    from v100_ai.session.dictation import Dictation

REMEMBERED: Final = (
    "participant.joined",
    "participant.left",
    "participant.muted",
    "talk.started",
    "talk.stopped",
    "transcript.segment",
)
"""The types of events that a session is made live again from."""


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier run left: its events of the types `REMEMBERED`, its journal, its state."""

    events: Sequence[tuple[str, Mapping[str, Any]]] = ()
    journal: Sequence[Json] = ()
    state: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and what it has to commit first."""

    session: Session
    step: Step
    talk: tuple[Event, ...]


def opened(
    record: Record,
    *,
    write: Write,
    clock: Callable[[], float],
    tell: Callable[[dict[str, Any]], None],
    claude: Claude | None,
    recognise: Recognise | None,
    speaker: SpeakerSettings,
    past: Past | None = None,
) -> Opened:
    """The session of that record. Without a past it is new.

    Raises `ValueError` for settings that cannot be used, and for transcription without a recogniser.
    """
    settings = SessionSettings.model_validate(record.settings)
    layers = settings.layers
    session = Session(record, settings, write, clock, tell)
    if layers.active_speaker:
        session.floor = Floor(layers.layout, speaker)
    if layers.pixels or layers.quality_metrics:
        session.picture = Picture(FrameWindow(layers.rate), layers.alerts)
    if layers.highlights:
        session.minutes = minutes.opened(
            settings, claude, created=record.created, keep=session.keep_minutes
        )
    if layers.transcription:
        session.dictation = _dictation(session, recognise)
    return _resumed(session, past) if past is not None else Opened(session, Step(), ())


def _dictation(session: Session, recognise: Recognise | None) -> "Dictation":
    if recognise is None:
        raise SettingRejected("expected the service's setting asr with transcription, found none")
    from v100_ai.session.dictation import Dictation  # noqa: PLC0415  # PyAV, for who hears sound

    return Dictation(recognise, session.captions, session.clock)


def _resumed(session: Session, past: Past) -> Opened:
    session.heard = {data["id"] for kind, data in past.events if kind == "transcript.segment"}
    session.participants = _present(past)
    talk: list[Event] = []
    if session.floor is not None:
        talk += session.floor.restore(each for each in past.events if each[0].startswith("talk."))
        for who in session.participants:
            talk += session.floor.join(who, at=0.0)
        for who in _muted(past):
            session.floor.mute(who, muted=True)
    if session.picture is not None:
        session.picture.restore(past.state)
    if session.minutes is None:
        return Opened(session, Step(), tuple(talk))
    for who in session.participants:
        session.minutes.join(who)
    return Opened(session, minutes.resumed(session.minutes, past.journal), tuple(talk))


def _present(past: Past) -> dict[str, str | None]:
    """Who was there last, with their names."""
    present: dict[str, str | None] = {}
    for kind, data in past.events:
        if kind == "participant.joined":
            present[data["participant"]] = data["name"]
        elif kind == "participant.left":
            present.pop(data["participant"], None)
    return present


def _muted(past: Past) -> list[str]:
    """Whose microphone was muted last."""
    muted: dict[str, bool] = {}
    for kind, data in past.events:
        if kind == "participant.muted":
            muted[data["participant"]] = data["muted"]
        elif kind == "participant.left":
            muted.pop(data["participant"], None)
    return [who for who, silent in muted.items() if silent]
