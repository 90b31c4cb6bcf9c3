"""Frames brought to one size, when it is asked for."""

from typing import Final

from v100_ai.comparison.settings import Settings
from v100_ai.errors import ShapeMismatch
from v100_ai.frames import Frame
from v100_ai.frames.planar import APART
from v100_ai.sources.scaling import scaled

FULL_HD: Final = (1920, 1080)
ULTRA_HD: Final = (3840, 2160)


class Scaler:
    """Scales as the settings say; remembers what the reference looks like."""

    def __init__(self, settings: Settings) -> None:
        model = settings.model if isinstance(settings.model, str) else settings.model[0]
        self._to = settings.scale_to
        self._screen = ULTRA_HD if "4k" in model or model.endswith("_2160") else FULL_HD
        self._shape: tuple[int, int, str] | None = None

    def reference(self, frame: Frame) -> Frame:
        """A frame of the reference."""
        width, height = frame.width, frame.height
        if self._to == "model":
            scale = min(self._screen[0] / width, self._screen[1] / height)
            width, height = (max(16, round(edge * scale / 2) * 2) for edge in (width, height))
        found = scaled(frame, width, height, _planes(frame.format))
        self._shape = (found.width, found.height, found.format)
        return found

    def distorted(self, frame: Frame) -> Frame:
        """A frame of the distorted input, after one of the reference."""
        if self._to is None or self._shape is None:
            self._check(frame)
            return frame
        return scaled(frame, *self._shape)

    def _check(self, frame: Frame) -> None:
        if self._shape is None:
            return
        width, height, name = self._shape
        if (frame.width, frame.height, _planes(frame.format)) != self._shape:
            raise ShapeMismatch(
                "distorted frame",
                expected=f"{width}x{height} {name} as the reference's",
                found=f"{frame.width}x{frame.height} {frame.format}; say to what to scale",
            )


def _planes(name: str) -> str:
    """The format's name where chroma lies in planes."""
    return APART[name][0] if name in APART else name
