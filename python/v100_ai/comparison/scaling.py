"""Frames brought to one shape: range and depth always, size and colour where that is asked for."""

from dataclasses import dataclass, field
from typing import Final

from v100_ai.comparison.settings import Settings
from v100_ai.errors import ShapeMismatch
from v100_ai.frames import Frame
from v100_ai.frames.formats import CHROMA, FORMATS
from v100_ai.frames.planar import SEMI_PLANAR
from v100_ai.sources.scaling import Shape, of_rgb, scaled

FULL_HD: Final = (1920, 1080)
ULTRA_HD: Final = (3840, 2160)


@dataclass(slots=True)
class Scaler:
    """Brings the frames of a pair to the reference's shape, as far as the settings allow."""

    settings: Settings
    notes: dict[str, None] = field(default_factory=dict[str, None])
    """What was brought to what, in the order it was first done."""

    def pair(
        self, reference: Frame, distorted: Frame, made: Frame | None = None
    ) -> tuple[Frame, Frame]:
        """Both in one shape. `made` is the distorted frame in a shape that may be the right one.

        Raises `ShapeMismatch`, naming both, where that would take more than is allowed.
        """
        to = self._shape(reference, distorted)
        self._check(to, distorted)
        self._note(to, reference, distorted)
        if made is not None and made is not distorted and scaled(made, to) is made:
            return scaled(reference, to), made
        return scaled(reference, to), scaled(distorted, to)

    def _shape(self, reference: Frame, distorted: Frame) -> Shape:
        width, height = reference.width, reference.height
        if self.settings.scale_to == "model":
            wide = width * reference.sar
            scale = min(
                each / edge for each, edge in zip(self._screen, (wide, height), strict=True)
            )
            width, height = (max(16, round(edge * scale / 2) * 2) for edge in (wide, height))
        name = planes(reference.format)
        if of_rgb(reference) and not of_rgb(distorted):
            # Samples of RGB have no shape of their own in YUV: they take that of what they are compared with.
            return Shape(width, height, planes(distorted.format), distorted.range, distorted.matrix)
        if self.settings.scale_to is None:
            name = _deeper(name, planes(distorted.format), rgb=of_rgb(distorted))
        return Shape(width, height, name, reference.range, reference.matrix)

    @property
    def _screen(self) -> tuple[int, int]:
        model = self.settings.model
        name = model if isinstance(model, str) else model[0]
        return ULTRA_HD if "4k" in name or name.endswith("_2160") else FULL_HD

    def _check(self, to: Shape, distorted: Frame) -> None:
        if self.settings.scale_to is not None:
            return
        found = (distorted.width, distorted.height)
        alike = found == (to.width, to.height)
        if alike and (of_rgb(distorted) or _chroma(planes(distorted.format)) == _chroma(to.format)):
            return
        raise ShapeMismatch(
            "distorted frame",
            expected=f"{to.width}x{to.height} {to.format} as the reference's",
            found=f"{found[0]}x{found[1]} {distorted.format}; --scale-to reference"
            ' (scale_to="reference") brings it there',
        )

    def _note(self, to: Shape, reference: Frame, distorted: Frame) -> None:
        if distorted.range != to.range and not of_rgb(distorted) and not of_rgb(reference):
            self.notes.setdefault(
                f"the distorted input's {distorted.range} range was brought to {to.range}"
            )
        for which, frame in (("reference's", reference), ("distorted input's", distorted)):
            if of_rgb(frame) and not of_rgb(reference if frame is distorted else distorted):
                self.notes.setdefault(
                    f"the {which} RGB was brought to {to.format}, {to.range} range"
                )
        one, other = (
            FORMATS[planes(reference.format)].depth,
            FORMATS[planes(distorted.format)].depth,
        )
        if one != other:
            self.notes.setdefault(
                f"{other} bit were compared with {one} bit at {FORMATS[to.format].depth} bit"
            )
        if to.matrix and distorted.matrix and distorted.matrix != to.matrix:
            self.notes.setdefault(
                f"the distorted input's {distorted.matrix} was brought to {to.matrix}"
            )


def alike(frame: Frame, first: Frame) -> Frame:
    """The frame in the shape of the first one, to be recognised by."""
    return scaled(
        frame, Shape(first.width, first.height, planes(first.format), first.range, first.matrix)
    )


def planes(name: str) -> str:
    """The format's name where chroma lies in planes."""
    return SEMI_PLANAR[name][0] if name in SEMI_PLANAR else name


def _chroma(name: str) -> str:
    return next((each for each in CHROMA if name.startswith(each)), "gray")


def _deeper(name: str, other: str, *, rgb: bool) -> str:
    """The format, or its twin as deep as the other one where only the depth differs."""
    depths = FORMATS[name].depth, FORMATS[other].depth
    if depths[1] <= depths[0] or rgb:
        return name
    deep = f"{_chroma(name)}{depths[1]}le"
    return deep if deep in FORMATS else f"{_chroma(name)}16le"
