"""Live video intelligence that runs beside the media.

Names are imported when they are first asked for: a program that only talks to a server loads no decoder. Errors beyond
the common few are in `v100_ai.errors`.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the one list of public names: `_homes` reads it
    from v100_ai import (
        errors as errors,
    )
    from v100_ai.alerts import (
        Rule as Rule,
    )
    from v100_ai.analysis import (
        Analysis as Analysis,
        analyze as analyze,
    )
    from v100_ai.analyzers import (
        LAYERS as LAYERS,
        LIVE_LAYERS as LIVE_LAYERS,
        METRICS as METRICS,
        MODELS as MODELS,
        FrameAnalyzer as FrameAnalyzer,
        LiveQuality as LiveQuality,
        LiveReading as LiveReading,
        MotionVectors as MotionVectors,
        QualityMeter as QualityMeter,
        QualityReading as QualityReading,
        Reading as Reading,
        SiTi as SiTi,
        SiTiReading as SiTiReading,
        Summary as Summary,
        VectorField as VectorField,
    )
    from v100_ai.client import (
        AsyncClient as AsyncClient,
        Client as Client,
        verify as verify,
    )
    from v100_ai.clips.editing import (
        Editing as Editing,
        edit as edit,
    )
    from v100_ai.clips.making import (
        clips as clips,
    )
    from v100_ai.comparison import (
        Alignment as Alignment,
        Scored as Scored,
    )
    from v100_ai.comparison.quality import (
        Quality as Quality,
        quality as quality,
    )
    from v100_ai.director import (
        ActiveSpeaker as ActiveSpeaker,
        SpeakerChanged as SpeakerChanged,
        audio_level as audio_level,
    )
    from v100_ai.errors import (
        ApiError as ApiError,
        ExtraMissing as ExtraMissing,
        FrameRejected as FrameRejected,
        SourceLost as SourceLost,
        SourceLostWarning as SourceLostWarning,
        V100Error as V100Error,
    )
    from v100_ai.faults import (
        Fault as Fault,
    )
    from v100_ai.frames import (
        Frame as Frame,
        Plane as Plane,
    )
    from v100_ai.hub.embedded import (
        Embedded as Embedded,
        embedded as embedded,
    )
    from v100_ai.tap import (
        Tap as Tap,
    )
    from v100_ai.viral import (
        ViralScorer as ViralScorer,
    )

    __version__: str


def _homes() -> dict[str, str]:
    """Every public name and the room it lives in, from the imports above, so that they stand once."""
    (public,) = (
        node.body for node in ast.parse(Path(__file__).read_text()).body if isinstance(node, ast.If)
    )
    return {
        alias.name: str(node.module)
        for node in public
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


_HOME = _homes()

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604  # strings, from the imports


def __getattr__(name: str) -> Any:
    """The name from the room it lives in."""
    if name == "__version__":
        value = import_module("importlib.metadata").version("v100_ai")
    elif name in _HOME:
        home = _HOME[name]
        value = (
            import_module(f"{home}.{name}")
            if home == __name__
            else getattr(import_module(home), name)
        )
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What there is."""
    return [*globals(), *__all__]
