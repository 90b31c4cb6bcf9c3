"""What may be asked of transcription: so far, only that it is done."""

from dataclasses import dataclass
from typing import ClassVar

from v100_ai.layers.settings import CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionSettings:
    """Settings of the flag `transcription`; the engine and its model are the service's."""

    __pydantic_config__: ClassVar = CLOSED
