"""The recogniser, for all sessions of a service: opened where the service has an engine."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import structlog

from v100_ai.config import Settings
from v100_ai.errors import RecognizerLost
from v100_ai.speech import engines
from v100_ai.speech.process import recogniser
from v100_ai.speech.recognizer import Piece, Recognise

log = structlog.get_logger("v100_ai.layers")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Recognise | None]:
    """The recogniser as the service's settings have it; None without an engine.

    Raises:
        SettingRejected: its model cannot be used.
        ExtraMissing: its package is not installed.
    """
    if settings.asr is None:
        yield None
        return
    engines.check(settings.asr.engine, settings.asr.model)
    async with recogniser(
        settings.asr.engine, settings.asr.model, settings.asr.language
    ) as recognise:

        async def heard(samples: bytes) -> Sequence[Piece]:
            try:
                return await recognise(samples)
            except RecognizerLost as lost:
                await log.awarning("speech.lost", error=str(lost))
                raise

        yield heard
