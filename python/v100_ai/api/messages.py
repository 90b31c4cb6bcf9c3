"""What sockets say beside events, and what an ingest socket takes: JSON, and for sound a line of it before samples."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from v100_ai.api.media import LARGEST_SOUND, box, heard, levels
from v100_ai.api.models import Caption, CaptionsAccepted, Face, LevelHeard, SoundAsked
from v100_ai.api.problems import Problem, problem
from v100_ai.api.validation import parsed
from v100_ai.errors import V100Error
from v100_ai.session.session import Session
from v100_ai.session.settings import Label, Model, Name

LONGEST_LINE: Final = 1_000

FINAL: Final = ("not_found", "session_ended")
"""Codes of problems after which no message has a chance any more."""


class Hello(Model):
    """The first message: what stands now, for whoever joins late. The events after `after` follow."""

    type: Literal["hello"] = "hello"
    session: str
    epoch: int
    seq: int
    after: int
    state: dict[str, Any]
    partial: bool = False
    """Whether there are events that this reader may not see: their numbers are left out."""


class Heartbeat(Model):
    """All is well."""

    type: Literal["heartbeat"] = "heartbeat"


class Resync(Model):
    """What would follow is not kept: there are the events from `first` to `last`. The socket is closed."""

    type: Literal["resync"] = "resync"
    epoch: int
    first: int
    last: int


class End(Model):
    """Nothing follows any more. The socket is closed."""

    type: Literal["end"] = "end"


class Ack(Model):
    """Message number `n` was taken in; `accepted` counts what was new of it, the others as for captions over HTTP."""

    type: Literal["ack"] = "ack"
    n: int
    accepted: int
    revised: int = 0
    repeated: int = 0
    not_final: int = 0


class Failed(Model):
    """Message number `n` was not taken in, and why."""

    type: Literal["error"] = "error"
    n: int
    code: str
    detail: str


OUT = (Hello, Heartbeat, Resync, End)
"""What a reader of events is told beside them."""

ANSWERS = (Ack, Failed)
"""What whoever brings something in is told."""


class CaptionsSaid(Model):
    """Pieces of transcript."""

    type: Literal["captions"]
    captions: Annotated[tuple[Caption, ...], Field(max_length=2_000)]


class CaptionSaid(Caption):
    """One piece of transcript."""

    type: Literal["caption"]


class LevelsTold(Model):
    """Audio levels."""

    type: Literal["levels"]
    levels: Annotated[tuple[LevelHeard, ...], Field(max_length=10_000)]


class LevelTold(LevelHeard):
    """One audio level."""

    type: Literal["level"]


class Joined(Model):
    """Somebody is there."""

    type: Literal["join"]
    participant: Label
    name: Name | None = None


class Left(Model):
    """Somebody is gone."""

    type: Literal["leave"]
    participant: Label


class Muted(Model):
    """A microphone is muted, or open again."""

    type: Literal["mute"]
    participant: Label
    muted: bool


class FaceSeen(Model):
    """Where somebody's face is in their picture, or that it is not there."""

    type: Literal["face"]
    participant: Label
    face: Face | None


Happened = LevelTold | LevelsTold | Joined | Left | Muted | FaceSeen
Said = Annotated[CaptionSaid | CaptionsSaid | Happened, Field(discriminator="type")]
MESSAGE: Final[TypeAdapter[Said]] = TypeAdapter(Said)
SOUND: Final = TypeAdapter(SoundAsked)


async def take(session: Session, text: str | None, sound: bytes | None) -> CaptionsAccepted:
    """Take one message in; what became of it. Raises `Problem`."""
    try:
        if sound is not None:
            return await _binary(session, sound)
        return await _said(session, parsed(MESSAGE, text or "", "message", tagged=True))
    except V100Error as error:
        raise problem(error) from error


async def _said(session: Session, said: Said) -> CaptionsAccepted:
    match said:
        case CaptionSaid():
            return await heard(session, [said], many=False)
        case CaptionsSaid():
            return await heard(session, said.captions)
        case _:
            return CaptionsAccepted(accepted=await _happened(session, said))


async def _happened(session: Session, said: Happened) -> int:
    match said:
        case LevelTold():
            await session.levels(levels(session, [said]))
        case LevelsTold():
            await session.levels(levels(session, said.levels))
            return len(said.levels)
        case Joined():
            await session.join(said.participant, said.name)
        case Left():
            return int(await session.leave(said.participant))
        case Muted():
            await session.mute(said.participant, muted=said.muted)
        case FaceSeen():
            await session.face(said.participant, box(said.face))
    return 1


async def _binary(session: Session, message: bytes) -> CaptionsAccepted:
    line, found, samples = message.partition(b"\n")
    if not samples and line[:1] == b"{":
        # Some clients send all they send as binary frames.
        return await _said(session, parsed(MESSAGE, line, "message", tagged=True))
    if not found or len(line) > LONGEST_LINE:
        raise Problem(422, "invalid", "expected a line of JSON before the samples, found none")
    if len(samples) > LARGEST_SOUND:
        raise Problem(413, "too_large", f"expected at most {LARGEST_SOUND} bytes of samples")
    asked: SoundAsked = parsed(SOUND, line, "message")
    count = await session.sound(asked.participant, samples, rate=asked.rate, at=asked.at)
    return CaptionsAccepted(accepted=count)
