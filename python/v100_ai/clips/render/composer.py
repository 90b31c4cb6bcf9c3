"""A source's picture -> the clip's: turned upright, cropped, scaled and brought to SDR by FFmpeg's filters."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import av
from av.filter import Graph

from v100_ai.clips.framing import Geometry, Shot

PQ, HLG = 16, 18
"""Transfer characteristics of HDR (ITU-T H.273)."""

MATRICES: Final = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 10: "bt2020"}
"""How a picture is told to be coded (ITU-T H.273), as the scaler calls it."""

UNSAID: Final = 2

HD: Final = 720
"""Rows from which a picture that does not say so is taken for BT.709."""

BLUR: Final = 16
"""The blurred background is made at this part of its size."""

SMALLEST: Final = 8
"""Pixels that it has at least: the filter that blurs reads beyond fewer."""


@dataclass(slots=True)
class Composer:
    """Composes one output. Each shot has a graph of its own; it is made anew when the source's pictures change."""

    geometry: Geometry
    _shot: Shot | None = None
    _format: tuple[Any, ...] = ()
    _graph: Graph = field(default_factory=Graph)
    _source: Any = None
    _sink: Any = None
    _crop: Any = None
    _fine: Any = None
    _x: tuple[int, int] | None = None
    _step: tuple[int, int] = (1, 1)
    _sdr: "tuple[Graph, Any, Any] | None" = None
    """Where what was composed of HDR goes in and comes out: made once, since the scaler's table for it takes seconds."""
    _most: int = 0
    _room: int = 0

    def compose(self, picture: av.VideoFrame, shot: Shot, index: int) -> av.VideoFrame:
        """The output's frame `index`, whose samples belong to the caller alone."""
        found = (
            picture.width, picture.height, picture.format.name, picture.rotation,
            picture.color_trc, picture.colorspace, picture.color_range,
        )  # fmt: skip
        if shot is not self._shot or found != self._format:
            self._shot, self._format = shot, found
            self._build(picture, shot)
        if self._crop is not None and len(shot.x) > 1:
            self._move(shot.x[index - shot.first])
        self._source.push(picture)
        composed: av.VideoFrame = self._sink.pull()
        if picture.color_trc in (PQ, HLG):
            composed = self._mapped(composed, picture)
        composed.make_writable()
        composed.pict_type = 0  # the encoder decides, not the source
        return composed

    def _move(self, edge: float) -> None:
        """First by whole steps of the source, then by two pixels of the output within a step."""
        step, scaled = self._step
        steps = min(self._most, max(0, int(edge / step)))
        fine = min(self._room, 2 * round((edge - steps * step) * scaled / step / 2))
        if (steps, fine) != self._x:
            self._x = steps, fine
            self._crop.process_command("x", str(steps * step))
            self._fine.process_command("x", str(fine))

    def _mapped(self, composed: av.VideoFrame, picture: av.VideoFrame) -> av.VideoFrame:
        if self._sdr is None:
            graph = Graph()
            g, given = self.geometry, picture.time_base or Fraction(1, 1000)
            source = graph.add_buffer(
                width=g.out_width, height=g.out_height, format=composed.format, time_base=given
            )
            mapped = graph.add("scale", f"{g.out_width}:{g.out_height}:{sdr(picture)}")
            sink: Any = graph.add("buffersink")
            _linked(_linked(_linked(source, mapped), graph.add("format", "yuv420p")), sink)
            graph.configure()
            self._sdr = graph, source, sink
        _, source, sink = self._sdr
        source.push(composed)
        made: av.VideoFrame = sink.pull()
        return made

    def _build(self, picture: av.VideoFrame, shot: Shot) -> None:
        self._graph = graph = Graph()
        self._crop = self._fine = self._x = None
        self._source = graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base or Fraction(1, 1000),
        )
        self._sink = graph.add("buffersink")
        node = self._source
        for name, args in upright(picture.rotation):
            node = _linked(node, graph.add(name, args))
        if shot.kind == "crop":
            node = self._cropped(node, shot, picture)
        elif shot.kind == "stack":
            node = self._stacked(node, shot, picture)
        elif shot.kind == "fit":
            node = self._fitted(node, picture)
        else:
            node = self._scaled(node, picture)
        _linked(_linked(node, graph.add("format", samples(picture))), self._sink)
        graph.configure()

    def _scaled(self, node: Any, picture: av.VideoFrame, width: int = 0, height: int = 0) -> Any:
        g = self.geometry
        size = f"{width or g.out_width}:{height or g.out_height}"
        return _linked(node, self._graph.add("scale", f"{size}:flags=bicubic:{colours(picture)}"))

    def _cropped(self, node: Any, shot: Shot, picture: av.VideoFrame) -> Any:
        if len(shot.x) > 1:
            return self._moving(node, shot, picture)
        x, y = (2 * round(each[0] / 2) for each in (shot.x, shot.y))
        width, height = (2 * int(each / 2) for each in shot.size)
        node = _linked(node, self._graph.add("crop", f"{width}:{height}:{x}:{y}"))
        return self._scaled(node, picture)

    def _moving(self, node: Any, shot: Shot, picture: av.VideoFrame) -> Any:
        """A crop that can be moved by two pixels of the output.

        Little more than it shows is scaled: the source moves under it by steps that are whole even numbers of pixels on
        either side of the scaler, so that no sample is between two others than before.
        """
        g = self.geometry
        scale = Fraction(g.out_height, g.height)
        step = 2 * scale.denominator
        self._most = max(0, int((g.width - shot.size[0] - step) / step))
        seen = g.width - self._most * step
        self._step = step, 2 * scale.numerator
        self._crop = self._graph.add("crop", f"{seen}:{g.height}:0:0")
        width = max(g.out_width, 2 * round(seen * scale / 2))
        node = self._scaled(_linked(node, self._crop), picture, width, g.out_height)
        self._room = width - g.out_width
        self._fine = self._graph.add("crop", f"{g.out_width}:{g.out_height}:0:0")
        return _linked(node, self._fine)

    def _stacked(self, node: Any, shot: Shot, picture: av.VideoFrame) -> Any:
        g = self.geometry
        split, stack = _linked(node, self._graph.add("split", "2")), self._graph.add("vstack")
        width, height = (2 * int(each / 2) for each in shot.size)
        half = g.out_height // 4 * 2
        for place, (x, y) in enumerate(zip(shot.x, shot.y, strict=True)):
            crop = self._graph.add("crop", f"{width}:{height}:{2 * int(x / 2)}:{2 * int(y / 2)}")
            split.link_to(crop, place, 0)
            rows = half if place == 0 else g.out_height - half
            self._scaled(crop, picture, g.out_width, rows).link_to(stack, 0, place)
        return stack

    def _fitted(self, node: Any, picture: av.VideoFrame) -> Any:
        """The whole picture over a blurred one that fills the frame."""
        g = self.geometry
        split = _linked(node, self._graph.add("split", "2"))
        width, height = g.crop
        small = [max(SMALLEST, each // BLUR // 2 * 2) for each in (g.out_width, g.out_height)]
        crop = self._graph.add("crop", f"{2 * int(width / 2)}:{2 * int(height / 2)}")
        split.link_to(crop, 0, 0)
        behind = self._scaled(crop, picture, *small)
        behind = _linked(behind, self._graph.add("gblur", "2"))
        behind = _linked(behind, self._graph.add("format", samples(picture)))
        behind = _linked(
            behind, self._graph.add("scale", f"{g.out_width}:{g.out_height}:flags=bilinear")
        )
        scale = min(g.out_width / g.width, g.out_height / g.height)
        inside = [2 * round(each * scale / 2) for each in (g.width, g.height)]
        copy = self._graph.add("null")
        split.link_to(copy, 1, 0)
        front = self._scaled(copy, picture, *inside)
        front = _linked(front, self._graph.add("format", samples(picture)))
        kind = "yuv420p10" if picture.color_trc in (PQ, HLG) else "yuv420"
        over = self._graph.add("overlay", f"(W-w)/2:(H-h)/2:format={kind}")
        behind.link_to(over, 0, 0)
        front.link_to(over, 0, 1)
        return over


def upright(rotation: int) -> list[tuple[str, str]]:
    """The filters that turn a picture as its display matrix says, in degrees counter-clockwise."""
    turned = round(rotation / 90) * 90 % 360
    return {
        90: [("transpose", "cclock")],
        180: [("hflip", ""), ("vflip", "")],
        270: [("transpose", "clock")],
    }.get(turned, [])


def colours(picture: av.VideoFrame) -> str:
    """What the scaler is told so that a picture comes out as BT.709 in limited range; HDR stays HDR."""
    told = MATRICES.get(int(picture.colorspace))
    matrix = told or ("bt709" if picture.height >= HD else "smpte170m")
    out = "bt2020" if picture.color_trc in (PQ, HLG) else "bt709"
    return f"in_color_matrix={matrix}:out_color_matrix={out}:out_range=tv"


def samples(picture: av.VideoFrame) -> str:
    """What a picture is composed in."""
    return "yuv420p10le" if picture.color_trc in (PQ, HLG) else "yuv420p"


def sdr(picture: av.VideoFrame) -> str:
    """What the scaler is told so that HDR that was composed comes out as BT.709."""
    transfer = "smpte2084" if picture.color_trc == PQ else "arib-std-b67"
    return (
        "in_color_matrix=bt2020:in_range=tv:out_color_matrix=bt709:out_range=tv"
        f":in_transfer={transfer}:in_primaries=bt2020"
        ":out_transfer=bt709:out_primaries=bt709:intent=perceptual"
    )


def _linked(node: Any, following: Any) -> Any:
    node.link_to(following)
    return following
