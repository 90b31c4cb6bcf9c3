"""A virtual camera: a crop of the picture that keeps the head, eased, never outside the picture.

Everything is in fractions of the picture, so a crop as wide as high keeps the picture's own shape.
"""

from dataclasses import dataclass

from v100_ai.events.speaker import Box, CameraZoom

WHOLE = Box(x=0.0, y=0.0, width=1.0, height=1.0)
NEAREST = 8.0
"""The most a picture is enlarged: beyond it there is nothing left to see."""


@dataclass(slots=True, kw_only=True)
class Camera:
    """The camera on one participant.

    Attributes:
        participant: whose picture.
        zoom: how much larger than the whole picture the head is brought, where it fits.
        seconds: how long a move takes.
        room: part of the face's own size kept free on each side.
        still: part of the picture the aim has to move by before the camera follows it.
    """

    participant: str
    zoom: float = 1.5
    seconds: float = 0.8
    room: float = 0.5
    still: float = 0.03
    _face: Box | None = None
    _from: Box = WHOLE
    _aim: Box = WHOLE
    _since: float | None = None
    _crop: Box = WHOLE
    _now: float = float("-inf")

    def __post_init__(self) -> None:
        """Refuses what is not a camera.

        Raises:
            ValueError: a number is outside its range.
        """
        if not (1.0 <= self.zoom <= NEAREST and self.seconds >= 0 and self.room >= 0):
            raise ValueError(
                f"expected a zoom from 1 to {NEAREST} and no negative seconds or room, "
                f"found {self.zoom}, {self.seconds} and {self.room}"
            )

    @property
    def crop(self) -> Box:
        """What is shown now."""
        return self._crop

    def look(self, *, at: float, active: bool, face: Box | None = None) -> CameraZoom | None:
        """Where the camera stands at `at`; an event when that is elsewhere than before.

        Args:
            at: seconds; a time before the newest one counts as the newest.
            active: closes in while true, goes back to the whole picture while not.
            face: where the face is, if that is known; else the camera keeps the centre.

        Raises:
            ValueError: the face has no size or lies outside the picture.
        """
        if face is not None and not (WHOLE.holds(face) and min(face.width, face.height) > 0):
            raise ValueError(f"expected a face inside the picture, found {face}")
        now = self._now = max(self._now, at)
        self._face = face
        aim = close_up(face, zoom=self.zoom, room=self.room) if active else WHOLE
        if _apart(aim, self._aim) > self.still or aim == WHOLE != self._aim:
            self._from, self._aim, self._since = self._crop, aim, now
        crop = self._eased(now)
        if active and face is not None:
            crop = including(crop, face)
        if crop == self._crop:
            return None
        self._crop = crop
        return CameraZoom(at=now, participant=self.participant, crop=crop)

    def _eased(self, now: float) -> Box:
        if self._since is None:
            return self._aim
        done = min(1.0, (now - self._since) / self.seconds) if self.seconds > 0 else 1.0
        part = done * done * (3 - 2 * done)
        return self._aim if done >= 1.0 else _between(self._from, self._aim, part)


def close_up(face: Box | None, *, zoom: float, room: float) -> Box:
    """The crop that brings the picture `zoom` times nearer around a face, or around the centre.

    It is never so near that the face with its `room` would not fit.
    """
    size = 1.0 / zoom
    if face is None:
        return _placed(0.5, 0.5, size)
    size = max(size, face.width * (1 + 2 * room), face.height * (1 + 2 * room))
    return including(_placed(face.x + face.width / 2, face.y + face.height / 2, size), face)


def including(crop: Box, face: Box) -> Box:
    """The crop moved, and grown where it must be, by as little as brings the face inside."""
    size = min(1.0, max(crop.width, face.width, face.height))
    x = min(max(crop.x, face.x + face.width - size), face.x)
    y = min(max(crop.y, face.y + face.height - size), face.y)
    x, y = min(max(x, 0.0), 1.0 - size), min(max(y, 0.0), 1.0 - size)
    return Box(x=x, y=y, width=size, height=size)


def _placed(x: float, y: float, size: float) -> Box:
    size = min(1.0, size)
    left, top = (min(max(centre - size / 2, 0.0), 1.0 - size) for centre in (x, y))
    return Box(x=left, y=top, width=size, height=size)


def _between(one: Box, other: Box, part: float) -> Box:
    size = one.width + (other.width - one.width) * part
    x, y = one.x + (other.x - one.x) * part, one.y + (other.y - one.y) * part
    return Box(x=min(x, 1.0 - size), y=min(y, 1.0 - size), width=size, height=size)


def _apart(one: Box, other: Box) -> float:
    return max(abs(one.x - other.x), abs(one.y - other.y), abs(one.width - other.width))
