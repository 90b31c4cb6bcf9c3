"""Live video intelligence that runs beside the media.

Names are imported when they are first asked for: a program that only talks to a server loads no decoder.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from v100_ai.analysis import (
        Analysis,
        analyze,
    )
    from v100_ai.analyzers import (
        LAYERS,
        LIVE_LAYERS,
        METRICS,
        MODELS,
        FrameAnalyzer,
        LiveQuality,
        LiveReading,
        MotionVectors,
        QualityMeter,
        QualityReading,
        Reading,
        SiTi,
        SiTiReading,
        Summary,
        VectorField,
    )
    from v100_ai.client import AsyncClient, Client
    from v100_ai.comparison import Alignment, Scored
    from v100_ai.comparison.quality import Quality, quality
    from v100_ai.director import (
        ActiveSpeaker,
        SpeakerChanged,
        audio_level,
    )
    from v100_ai.errors import (
        AddressRefused,
        ApiError,
        AudioRejected,
        ExtraMissing,
        Fenced,
        FrameRejected,
        HistoryLost,
        NoSound,
        NotMedia,
        NoVideo,
        RecognizerLost,
        ServiceUnreachable,
        SessionOver,
        SettingRejected,
        ShapeMismatch,
        SignatureRejected,
        SourceLost,
        SourceLostWarning,
        StoreBusy,
        StoreUnavailable,
        TimeRejected,
        TranscriptUnreadable,
        UnknownLayer,
        UnknownMetric,
        V100Error,
    )
    from v100_ai.frames import (
        Frame,
        Plane,
    )
    from v100_ai.hub.embedded import (
        Embedded,
        embedded,
    )
    from v100_ai.tap import (
        Tap,
    )

_HOMES: Final = {
    "v100_ai.analysis": "Analysis analyze",
    "v100_ai.analyzers": "LAYERS LIVE_LAYERS METRICS MODELS FrameAnalyzer LiveQuality LiveReading MotionVectors QualityMeter QualityReading Reading SiTi SiTiReading Summary VectorField",
    "v100_ai.client": "AsyncClient Client",
    "v100_ai.comparison": "Alignment Scored",
    "v100_ai.comparison.quality": "Quality quality",
    "v100_ai.director": "ActiveSpeaker SpeakerChanged audio_level",
    "v100_ai.errors": "AddressRefused ApiError AudioRejected ExtraMissing Fenced FrameRejected HistoryLost NoSound NoVideo NotMedia RecognizerLost ServiceUnreachable SessionOver SettingRejected ShapeMismatch SignatureRejected SourceLost SourceLostWarning StoreBusy StoreUnavailable TimeRejected TranscriptUnreadable UnknownLayer UnknownMetric V100Error",
    "v100_ai.frames": "Frame Plane",
    "v100_ai.hub.embedded": "Embedded embedded",
    "v100_ai.tap": "Tap",
}
_HOME: Final = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "LAYERS",
    "LIVE_LAYERS",
    "METRICS",
    "MODELS",
    "ActiveSpeaker",
    "AddressRefused",
    "Alignment",
    "Analysis",
    "ApiError",
    "AsyncClient",
    "AudioRejected",
    "Client",
    "Embedded",
    "ExtraMissing",
    "Fenced",
    "Frame",
    "FrameAnalyzer",
    "FrameRejected",
    "HistoryLost",
    "LiveQuality",
    "LiveReading",
    "MotionVectors",
    "NoSound",
    "NoVideo",
    "NotMedia",
    "Plane",
    "Quality",
    "QualityMeter",
    "QualityReading",
    "Reading",
    "RecognizerLost",
    "Scored",
    "ServiceUnreachable",
    "SessionOver",
    "SettingRejected",
    "ShapeMismatch",
    "SiTi",
    "SiTiReading",
    "SignatureRejected",
    "SourceLost",
    "SourceLostWarning",
    "SpeakerChanged",
    "StoreBusy",
    "StoreUnavailable",
    "Summary",
    "Tap",
    "TimeRejected",
    "TranscriptUnreadable",
    "UnknownLayer",
    "UnknownMetric",
    "V100Error",
    "VectorField",
    "analyze",
    "audio_level",
    "embedded",
    "quality",
]


def __getattr__(name: str) -> Any:
    """The name from the room it lives in."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What there is."""
    return [*globals(), *__all__]
