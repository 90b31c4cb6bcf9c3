"""Live video intelligence that runs beside the media."""

from v100_ai.director.speaker import ActiveSpeaker, SpeakerChanged, audio_level

__all__ = ["ActiveSpeaker", "SpeakerChanged", "audio_level"]
