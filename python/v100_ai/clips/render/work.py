"""The work of a renderer: a task in, files and what was decided out. Runs in the renderer's process alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av

from v100_ai.clips.captions import Captions, Font
from v100_ai.clips.captions.font import SHIPPED
from v100_ai.clips.framing import Geometry, Shot, shots
from v100_ai.clips.render.checking import Checked, checked
from v100_ai.clips.render.composer import Composer
from v100_ai.clips.render.encoding import Coding, Encoder, copied, join
from v100_ai.clips.render.energy import Energy, energy
from v100_ai.clips.render.looking import Look, look
from v100_ai.clips.render.loudness import Sound, levelled
from v100_ai.clips.render.picture import Pictures
from v100_ai.clips.render.sound import cut_sound
from v100_ai.clips.render.source import Source, source
from v100_ai.clips.render.task import Task, size
from v100_ai.clips.render.track import Track
from v100_ai.edit import Plan, plan
from v100_ai.errors import RenderFailed
from v100_ai.frames.door import frame_from_av
from v100_ai.sources.thumbnail import thumbnail
from v100_ai.words.cues import cues, srt, vtt

Tell = Callable[[str, float], None]
"""A stage by its name, and how far the whole is, from 0 to 1."""

STAGES: Final = {"listening": 0.0, "looking": 0.05, "sound": 0.2, "picture": 0.25, "checking": 0.9}
"""Where each begins."""

THUMBNAIL: Final = 1280
"""Pixels of its longer edge."""

LONGEST_S: Final = 4 * 3600.0
"""Seconds of a source that are edited at once at most."""


@dataclass(slots=True)
class Progress:
    """How far a stage is, in ticks of so many."""

    tell: Tell
    stage: str = "listening"
    _done: int = 0
    _of: int = 1

    def begin(self, stage: str, ticks: int) -> None:
        """The next stage, of so many ticks."""
        self.stage, self._done, self._of = stage, 0, max(1, ticks)
        self.tick()

    def tick(self) -> None:
        """One more."""
        self._done += 1
        names = [*STAGES, ""]
        begin = STAGES[self.stage]
        end = STAGES.get(names[names.index(self.stage) + 1], 1.0)
        self.tell(self.stage, begin + (end - begin) * min(1.0, self._done / self._of))


@dataclass(slots=True)
class Work:
    """One task."""

    task: Task
    tell: Tell
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.tell)

    def done(self) -> dict[str, Any]:
        """Do it; what was decided and made. Raises `V100Error`."""
        if self.task.parts:
            join(self.task.parts, Path(self.task.source), self.progress.tick)
        if self.task.kind == "preview":
            return self._preview()
        with self._open() as src:
            later = self.task.later
            if later is not None:
                self.task = self.task.shifted(-later - src.zero)
            planned, heard, facts = self._planned(src)
            if self.task.kind == "plan":
                words = self.task.transcript.words
                sounds = [] if heard is None else [*heard.unwritten(words)]
                return facts | told_of(planned) | {"sounds": sounds}
            if not planned.frames:
                raise RenderFailed("expected something left to show, found that the edit cuts all")
            # Before anything is looked at: a missing character costs a moment, not a clip's time.
            self._font(planned)
            geometry = {
                aspect: Geometry(*_upright(src), *size(*_upright(src), aspect, self.task.edge))
                for aspect in self.task.aspects
            }
        seen = self._look(planned, geometry)
        times = list(_times(planned))
        framed = {
            aspect: shots(times, each, seen.evidence, framing=self.task.framing)
            for aspect, each in geometry.items()
        }
        sound = self._sound(planned)
        self._picture(planned, geometry, framed, sound, seen.best)
        outputs = self._checked(planned, geometry, sound)
        self._captions(planned)
        return (
            facts
            | told_of(planned)
            | {
                "outputs": outputs,
                "loudness": None if sound is None else _loudness(sound),
                "framing": {
                    aspect: [shot.to_json() for shot in made] for aspect, made in framed.items()
                },
                "cuts": [round(at, 3) for at in seen.evidence.cuts],
                "thumbnail": {"file": f"{self.task.name}.jpg", "frame": seen.best},
                "captions": [f"{self.task.name}.srt", f"{self.task.name}.vtt"]
                if planned.said
                else [],
            }
        )

    @contextmanager
    def _open(self, *, coarse: bool = False) -> Iterator[Source]:
        with source(self.task.source, self.task.limits, coarse=coarse) as src:
            yield src

    def _path(self, ending: str) -> Path:
        return Path(self.task.folder) / f"{self.task.name}{ending}"

    def _file(self, aspect: str) -> Path:
        """One shape has the plain name, several have their shape in it."""
        if len(self.task.aspects) == 1:
            return self._path(".mp4")
        return self._path(f".{aspect.replace(':', 'x')}.mp4")

    def _preview(self) -> dict[str, Any]:
        start, end = self.task.span or (0.0, LONGEST_S)
        path = self._path(".mp4")
        with self._open() as src:
            begins = copied(src, path, start, end, self.progress.tick)
        return {"preview": path.name, "span": [start, end], "begins": round(begins, 3)}

    def _planned(self, src: Source) -> tuple[Plan, Energy | None, dict[str, Any]]:
        task = self.task
        whole = src.duration or LONGEST_S
        start, end = task.span or (0.0, whole)
        end = min(end, whole)
        if not start < end or end - start > LONGEST_S:
            raise RenderFailed(
                f"expected a range within {whole:.2f} s, at most {LONGEST_S:.0f} s long, found {start:.2f} to {end:.2f}"
            )
        heard: Energy | None = None
        if src.audio is not None and (task.edit.operations or task.kind == "plan"):
            self.progress.begin("listening", int(end - start))
            with self._open() as other:
                if other.audio is not None:
                    heard = energy(Track(other, other.audio), start, end, self.progress.tick)
        planned = plan(
            task.edit,
            task.transcript,
            rate=src.rate,
            span=(start, end),
            quietest=heard.quietest if heard else None,
            silent=heard.silent if heard else None,
        )
        width, height = _upright(src)
        facts = {
            "span": [round(start, 4), round(end, 4)],
            "source": {
                "width": width,
                "height": height,
                "duration": src.duration,
                "sound": src.audio is not None,
                "sample_rate": src.audio.codec_context.sample_rate if src.audio else None,
            },
        }
        return planned, heard, facts

    def _look(self, planned: Plan, geometry: dict[str, Geometry]) -> Look:
        self.progress.begin("looking", planned.frames)
        task, tick = self.task, self.progress.tick
        aspect = min(each.out_width / each.out_height for each in geometry.values())
        faces = task.framing == "auto" and not all(each.alike for each in geometry.values())
        with self._open(coarse=True) as src:
            return look(
                src, planned.pieces, planned.rate, task.evidence, tick,
                aspect=aspect, exact=self._open, faces=faces,
            )  # fmt: skip

    def _sound(self, planned: Plan) -> Sound | None:
        raw = self._path(".f32")
        self.progress.begin("sound", int(planned.duration * 50))
        with self._open() as src:
            if src.audio is None:
                return None
            cut = cut_sound(
                Track(src, src.audio), planned.pieces, planned.rate, raw, self.progress.tick
            )
        try:
            return levelled(cut, self.task.loudness, self.task.peak, self.progress.tick)
        finally:
            raw.unlink()

    def _picture(
        self,
        planned: Plan,
        geometry: dict[str, Geometry],
        framed: dict[str, tuple[Shot, ...]],
        sound: Sound | None,
        best: int,
    ) -> None:
        """Decode once, compose and encode each shape."""
        self.progress.begin("picture", planned.frames)
        task = self.task
        coding = Coding(task.preset, task.crf, task.limits.threads)
        font = self._font(planned)
        with ExitStack() as stack:
            src = stack.enter_context(self._open())
            outputs = [
                _Output(
                    framed[aspect],
                    Composer(each),
                    _captions(planned, each, font, framed[aspect]),
                    stack.enter_context(
                        Encoder(
                            self._file(aspect),
                            each.out_width,
                            each.out_height,
                            planned.rate,
                            coding,
                            sound,
                        )
                    ),
                )
                for aspect, each in geometry.items()
            ]
            for index, (_, picture) in enumerate(Pictures(src, planned.rate).of(planned.pieces)):
                for number, output in enumerate(outputs):
                    composed = output.composed(picture, index)
                    if index == best and number == 0:
                        self._thumbnail(composed)
                    output.burn(composed, index)
                    output.encoder.push(composed)
                self.progress.tick()

    def _font(self, planned: Plan) -> Font | None:
        """What captions are written in, where there are some. Raises `GlyphMissing` and `SettingRejected`."""
        if not self.task.captions or not planned.said:
            return None
        font = Font(Path(self.task.font) if self.task.font else SHIPPED)
        for word in planned.said:
            font.check(word.text)
        return font

    def _thumbnail(self, picture: av.VideoFrame) -> None:
        frame = frame_from_av(picture, 0.0)
        small = thumbnail(frame, min(THUMBNAIL, max(frame.width, frame.height)))
        if small is not None:
            self._path(".jpg").write_bytes(small)

    def _checked(
        self, planned: Plan, geometry: dict[str, Geometry], sound: Sound | None
    ) -> list[dict[str, Any]]:
        self.progress.begin("checking", planned.frames * len(geometry))
        made = []
        for aspect, each in geometry.items():
            path = self._file(aspect)
            found: Checked = checked(
                path,
                frames=planned.frames,
                rate=planned.rate,
                size=(each.out_width, each.out_height),
                sound=sound is not None,
                tick=self.progress.tick,
            )
            made.append(
                {
                    "file": path.name,
                    "aspect": aspect,
                    "width": each.out_width,
                    "height": each.out_height,
                }
                | asdict(found)
            )
        return made

    def _captions(self, planned: Plan) -> None:
        if planned.said:
            shown = cues(planned.said)
            self._path(".srt").write_text(srt(shown), encoding="utf-8")
            self._path(".vtt").write_text(vtt(shown), encoding="utf-8")


@dataclass(slots=True)
class _Output:
    """One shape of a clip on its way."""

    shots: tuple[Shot, ...]
    composer: Composer
    captions: Captions | None
    encoder: Encoder
    _at: int = 0

    def composed(self, picture: av.VideoFrame, index: int) -> av.VideoFrame:
        while self.shots[self._at].last <= index:
            self._at += 1
        return self.composer.compose(picture, self.shots[self._at], index)

    def burn(self, frame: av.VideoFrame, index: int) -> None:
        if self.captions is not None:
            self.captions.burn(frame, index)


def _captions(
    planned: Plan, geometry: Geometry, font: Font | None, framed: tuple[Shot, ...]
) -> Captions | None:
    if font is None:
        return None
    width, height = geometry.out_width, geometry.out_height
    return Captions(planned.said, planned.rate, width, height, font, framed)


def _upright(src: Source) -> tuple[int, int]:
    """The source's pixels as they are shown: turned, and of square pixels."""
    context = src.video.codec_context
    width, height = context.width, context.height
    shape = src.video.sample_aspect_ratio or Fraction(1)
    if shape > 0 and shape != 1:
        width = 2 * round(width * shape / 2)
    return (height, width) if src.turned else (width, height)


def _times(planned: Plan) -> Iterator[float]:
    for piece in planned.pieces:
        for place in range(piece.first, piece.last):
            yield float(place / planned.rate)


def told_of(planned: Plan) -> dict[str, Any]:
    """A plan as it is written beside a clip."""
    return {
        "rate": [planned.rate.numerator, planned.rate.denominator],
        "frames": planned.frames,
        "duration": round(planned.duration, 4),
        "pieces": [[piece.first, piece.last] for piece in planned.pieces],
        "words": [{"id": placed.id} | placed.word.to_json() for placed in planned.words],
    }


def _loudness(sound: Sound) -> dict[str, Any]:
    return {
        "target": sound.target,
        "before": asdict(sound.before),
        "after": asdict(sound.after),
        "gain": sound.gain,
        "limited": sound.limited,
    }
