"""Every error this package raises.

* V100Error
  - SourceLost: frames stopped coming, or never came; what was measured until then stands
    - NotMedia: nothing there that can be read as media
    - OutOfMemory (a MemoryError): media that asks for more memory than there is
    - NoVideo: media without a picture
    - NoSound: media without sound
  - FrameRejected (a ValueError): a frame that cannot be read as it is described
    - ShapeMismatch: planes that do not fit each other or their format
    - TimeRejected: a frame without a usable time
  - AudioRejected (a ValueError): samples, a level, its time or its participant that cannot be used
  - TranscriptUnreadable (a ValueError): a transcript with something in it that is no segment
  - EditRejected (a ValueError): an edit with an operation that cannot be done to its transcript
  - RenderFailed: a clip that could not be rendered; no file has its name
    - GlyphMissing (a ValueError): a caption's character that its font has not
  - RecognizerLost: speech that was to be recognised was not; the next may be
  - UnknownLayer (a ValueError): a layer nobody knows
  - SettingRejected (a ValueError): a setting that cannot be used
  - TargetRefused (a ValueError): a file that results may not be written to
  - UnknownMetric (a ValueError): a metric or a model nobody knows
  - ExtraMissing (an ImportError): an optional part of the package is not installed
  - Fenced: the session has another owner by now; what was to be written is not
    - SessionOver: because the session has ended, or was removed
  - StoreUnavailable: the database does not answer, or cannot be used
    - StoreBusy: it may, when asked again
  - HistoryLost: events that were to be read are no longer kept
  - AddressRefused: a URL that leads where nothing may be sent or read
  - ApiError: the service refused a request, with the problem it told
  - ServiceUnreachable: the service does not answer, or not any more
  - SignatureRejected (a ValueError): a webhook that is not from the service, or not of now

A warning that something was kept although the source was lost is a `SourceLostWarning`.
"""

from typing import Literal


class V100Error(Exception):
    """Base of them all."""


class SourceLost(V100Error):
    """The file, URL or pipe that frames come from went away, or is broken."""

    def __init__(self, source: str, reason: str, *, final: bool = False) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason
        self.final = final
        """Whether no second try heals it."""


class NotMedia(SourceLost):
    """Nothing that can be read as media is there."""


class OutOfMemory(SourceLost, MemoryError):
    """The media asks for more memory than there is, or than may be used."""


class NoVideo(SourceLost):
    """The media has no picture."""


class NoSound(SourceLost):
    """The media has no sound."""


class FrameRejected(V100Error, ValueError):
    """A frame cannot be read as it is described."""


class ShapeMismatch(FrameRejected):
    """Samples lie in memory otherwise than expected."""

    def __init__(self, what: str, *, expected: object, found: object) -> None:
        super().__init__(f"{what}: expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class TimeRejected(FrameRejected):
    """A frame's time is missing or not finite."""

    def __init__(self, found: object) -> None:
        super().__init__(f"expected a time in finite seconds, found {found}")
        self.found = found


class AudioRejected(V100Error, ValueError):
    """Samples, a level, its time, its participant or a setting cannot be used."""


class TranscriptUnreadable(V100Error, ValueError):
    """A transcript holds something that is no segment."""


class EditRejected(V100Error, ValueError):
    """An operation of an edit cannot be done to its transcript, or the edit's file cannot be read."""


class RenderFailed(V100Error):
    """A clip could not be rendered, or what was rendered is not as it was planned."""


class GlyphMissing(RenderFailed, ValueError):
    """The font of the captions has no glyph for a character in them."""

    def __init__(self, character: str, font: str) -> None:
        super().__init__(
            f"expected captions in characters of the font {font}, found {character!r} (U+{ord(character):04X}): "
            "name another font"
        )
        self.character = character


class RecognizerLost(V100Error):
    """The engine that recognises speech gave no answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"speech was not recognised: {reason}")
        self.reason = reason


class UnknownLayer(V100Error, ValueError):
    """A layer nobody knows was asked for."""


class UnknownMetric(V100Error, ValueError):
    """A metric or a model nobody knows was asked for."""


class ExtraMissing(V100Error, ImportError):
    """An optional part of the package is not installed."""

    def __init__(self, extra: str, missing: str) -> None:
        super().__init__(f"{missing} is not installed: pip install 'v100_ai[{extra}]'")
        self.extra = extra


class SettingRejected(V100Error, ValueError):
    """A setting cannot be used."""


class TargetRefused(V100Error, ValueError):
    """Results may not be written there: it is an input, or takes other results already."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"{target}: {reason}")
        self.target = target
        self.reason = reason


class Fenced(V100Error):
    """Somebody else owns the session: nothing was written."""

    def __init__(self, session: str, epoch: int) -> None:
        super().__init__(f"{session}: epoch {epoch} is over, another owner has taken it")
        self.session = session
        self.epoch = epoch


class SessionOver(Fenced):
    """The session has ended or was removed: nothing was written."""

    def __init__(self, session: str, epoch: int) -> None:
        V100Error.__init__(self, f"{session}: it has ended or was removed, nothing more is written")
        self.session = session
        self.epoch = epoch


Unwritten = Literal["away", "full", "interrupted", "locked", "read_only", "broken"]
"""Why a database does not take what is written; `interrupted` is no fault of its: this process stood still meanwhile."""


class StoreUnavailable(V100Error):
    """The database does not answer, or is not one that can be used."""

    def __init__(self, said: str, reason: Unwritten = "away") -> None:
        super().__init__(said)
        self.reason: Unwritten = reason


class StoreBusy(StoreUnavailable):
    """The database is locked by another process, or its server is away for now."""


class HistoryLost(V100Error):
    """Events that were to be read next are no longer kept: a reader starts again from what there is."""

    def __init__(self, session: str, *, expected: int, found: int) -> None:
        kept = (
            "the first one kept is"
            if expected < found
            else "which is not there; there are those from"
        )
        super().__init__(f"{session}: expected event {expected}, {kept} {found}")
        self.session = session
        self.expected = expected
        self.found = found


class AddressRefused(V100Error):
    """A URL leads to an address where nothing may be sent to or read from."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class ApiError(V100Error):
    """The service refused a request; the fields are those of its problem (RFC 9457)."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail


class ServiceUnreachable(V100Error):
    """The service does not answer, or not any more."""


class SignatureRejected(V100Error, ValueError):
    """A webhook was not signed with the secret, was changed on its way, or is not of now."""


class SourceLostWarning(UserWarning):
    """A table was made of what was measured before the source was lost."""
