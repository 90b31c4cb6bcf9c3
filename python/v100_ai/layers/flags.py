"""Every flag there is: what may be asked of it, and which layers stand behind it. A new one is one entry here.

Layers are named by where they are, and imported by the sessions that have them: some need packages that others do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from v100_ai.alerts import Rule
from v100_ai.layers.active_speaker.settings import ActiveSpeakerSettings
from v100_ai.layers.clips.settings import ClipsSettings
from v100_ai.layers.deepfake_detection.settings import DeepfakeDetectionSettings
from v100_ai.layers.frames.settings import FramesSettings
from v100_ai.layers.highlights.settings import HighlightsSettings
from v100_ai.layers.inputs import Input
from v100_ai.layers.layer import Layer
from v100_ai.layers.transcription.settings import TranscriptionSettings
from v100_ai.layers.viral_scoring.settings import ViralScoringSettings
from v100_ai.records import Json

if TYPE_CHECKING:
    from v100_ai.config import Settings

QUALITY: Final = "quality"
"""What a worker measures for `quality_metrics`: no layer of the analyzer's own."""

FRAMES: Final = "v100_ai.layers.frames.layer:FramesLayer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag of a session.

    Attributes:
        name: its own, and its folder's.
        settings: what may be given in place of `true`.
        layers: the classes behind it as `module:name`.
        resource: what the service opens for all its sessions, as `module:name`: takes the service's settings, is an
            asynchronous context manager.
        pixels: the analyzer's layers that have to look at frames for it.
        formerly: names of its settings that once stood beside the flag, and still may.
        order: where its layers stand among others: -1 for those that bring in or say what others take, 1 for those that
            take it.
    """

    name: str
    settings: type[Any]
    layers: tuple[str, ...] = ()
    resource: str | None = None
    pixels: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    order: int = 0


FLAGS: Final = (
    Flag(
        name="highlights",
        settings=HighlightsSettings,
        layers=("v100_ai.layers.highlights.layer:HighlightsLayer",),
        resource="v100_ai.layers.highlights.resource:opened",
        formerly=("categories", "engine", "budget"),
        order=1,
    ),
    Flag(
        name="transcription",
        settings=TranscriptionSettings,
        layers=("v100_ai.layers.transcription.layer:TranscriptionLayer",),
        resource="v100_ai.layers.transcription.resource:opened",
        order=-1,
    ),
    Flag(
        name="active_speaker",
        settings=ActiveSpeakerSettings,
        layers=("v100_ai.layers.active_speaker.layer:ActiveSpeakerLayer",),
        resource="v100_ai.layers.active_speaker.resource:opened",
        formerly=("layout",),
    ),
    Flag(name="quality_metrics", settings=FramesSettings, layers=(FRAMES,), pixels=(QUALITY,)),
    Flag(
        name="scene_complexity", settings=FramesSettings, layers=(FRAMES,), pixels=("complexity",)
    ),
    Flag(
        name="motion_estimation",
        settings=FramesSettings,
        layers=(FRAMES,),
        pixels=("motion", "vectors"),
    ),
    Flag(name="visual", settings=FramesSettings, layers=(FRAMES,), pixels=("visual",)),
    Flag(
        name="deepfake_detection",
        settings=DeepfakeDetectionSettings,
        layers=(FRAMES, "v100_ai.layers.deepfake_detection.layer:DeepfakeDetectionLayer"),
        pixels=("deepfake",),
    ),
    Flag(
        name="viral_scoring",
        settings=ViralScoringSettings,
        layers=("v100_ai.layers.viral_scoring.layer:ViralScoringLayer", FRAMES),
        resource="v100_ai.layers.viral_scoring.resource:opened",
        pixels=("visual", "motion", "complexity"),
        order=-1,
    ),
    Flag(
        name="clips",
        settings=ClipsSettings,
        layers=("v100_ai.layers.clips.layer:ClipsLayer",),
        resource="v100_ai.layers.clips.resource:opened",
        pixels=("visual",),
        order=2,
    ),
)


class Asked(TypedDict, total=False):
    """Flags as keywords: each is true, or its settings, as their class or as JSON has them."""

    transcription: bool | TranscriptionSettings | Json
    active_speaker: bool | ActiveSpeakerSettings | Json
    quality_metrics: bool
    scene_complexity: bool
    motion_estimation: bool
    visual: bool
    deepfake_detection: bool | DeepfakeDetectionSettings | Json
    highlights: bool | HighlightsSettings | Json
    viral_scoring: bool | ViralScoringSettings | Json
    clips: bool | ClipsSettings | Json
    rate: Literal["second", "frame"]
    """Readings in `frame.analysis`: least, mean and greatest of each second, or every frame's."""
    alerts: Sequence[Rule | Json] | None
    """Rules on any reading; where none are given, those of `alerts.DEFAULTS` with `quality_metrics` or `visual`."""
    webhook: str
    """A URL that all events of the session are sent to."""
    layout: Literal["speaker", "grid", "spotlight"]
    """Of `active_speaker`; stands there now, as the next three in `highlights`."""
    categories: Sequence[str]
    engine: Literal["auto", "rules", "claude"]
    budget: bool


def layers_of(on: Iterable[str]) -> tuple[tuple[Flag, type[Layer]], ...]:
    """The layers behind flags that are set, each once, in the order they are pushed; with the flag whose settings it has."""
    wanted = set(on)
    found: dict[str, Flag] = {}
    for flag in sorted(FLAGS, key=lambda each: each.order):
        if flag.name in wanted:
            for path in flag.layers:
                found.setdefault(path, flag)
    return tuple((flag, named(path)) for path, flag in found.items())


def taking(kind: type[Input]) -> Iterator[str]:
    """The flags whose layers take such an input."""
    for flag in FLAGS:
        if any(kind in named(path).takes for path in flag.layers):
            yield flag.name


def named(path: str) -> Any:
    """What stands at `module:name`."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


async def resources(settings: "Settings", stack: AsyncExitStack) -> dict[str, Any]:
    """What the service opens for its layers, by flag, for as long as `stack` lasts. Raises what they raise."""
    found: dict[str, Any] = {}
    for flag in FLAGS:
        if flag.resource is not None:
            manager: AbstractAsyncContextManager[Any] = named(flag.resource)(settings)
            found[flag.name] = await stack.enter_async_context(manager)
    return found
