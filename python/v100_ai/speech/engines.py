"""The engines by name, what each needs, and each made with its model."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, get_args

from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.records import Engine
from v100_ai.speech import faster_whisper, pocketsphinx, sherpa_onnx
from v100_ai.speech.recognizer import Recognizer

ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)


@dataclass(frozen=True, slots=True)
class _Needs:
    module: str
    extra: str
    model: bool
    open: Callable[[Path, str], Recognizer]


def _demonstration(_: Path, language: str) -> Recognizer:
    return pocketsphinx.opened(language)


NEEDS: Final[dict[Engine, _Needs]] = {
    "faster-whisper": _Needs("faster_whisper", "asr", model=True, open=faster_whisper.opened),
    "sherpa-onnx": _Needs("sherpa_onnx", "asr", model=True, open=sherpa_onnx.opened),
    "pocketsphinx": _Needs("pocketsphinx", "asr-demo", model=False, open=_demonstration),
}


def check(engine: Engine, model: Path | None) -> None:
    """Whether it can be opened, without the seconds that takes.

    Raises:
        ExtraMissing: its package is not installed.
        SettingRejected: its model is not there, or it takes none.
    """
    needs = NEEDS[engine]
    if needs.model and (model is None or not model.is_dir()):
        raise SettingRejected(f"{engine}: expected the folder of a model, found {model}")
    if not needs.model and model is not None:
        raise SettingRejected(
            f"{engine}: expected no model, for its package has one, found {model}"
        )
    if find_spec(needs.module) is None:
        raise ExtraMissing(needs.extra, needs.module)


def opened(engine: Engine, model: Path | None, language: str = "en") -> Recognizer:
    """The engine with its model in memory, which takes seconds.

    Raises:
        ExtraMissing: its package is not installed.
        SettingRejected: its model cannot be used.
    """
    check(engine, model)
    return NEEDS[engine].open(model or Path(), language)
