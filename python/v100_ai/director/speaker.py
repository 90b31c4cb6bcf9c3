"""Audio levels in, who talks and who holds the floor out. The only room file that calls Rust.

Measured figures come from levels synthesised out of real turns and real speech envelopes: who spoke
when is from annotated meetings, the microphones, rooms and networks are simulated.
"""

from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from v100_ai._native import FloorTracker, audio_levels
from v100_ai.errors import AudioRejected
from v100_ai.events.speaker import SpeakerChanged


class SpeakerSettings(TypedDict, total=False):
    """Settings of `ActiveSpeaker`: seconds, decibels, or as said.

    Attributes:
        snr: dB over a participant's own noise floor from which a level can be speech. Lower hears
            quieter voices and more noise.
        range: dB below a participant's own speech level down to which a level can be speech. Lower
            reads the quiet parts of words as pauses.
        floor_window: seconds whose quietest moment is the noise floor. Longer survives longer
            monologues, shorter follows a fan that starts.
        level_time: seconds of speech over which the own speech level is averaged.
        rise: evidence of speech, on a scale of -1 to 1, gained by 20 ms of it. Lower needs longer
            bursts before somebody counts as talking.
        fall: evidence lost by 20 ms of quiet, per dB that the voice stands over its noise.
        smoothing: seconds of the exponential smoothing of levels compared between participants.
        leak_margin: dB over the learnt loss between two microphones up to which a level is still
            the other's voice. Larger mutes leaks more surely, and true talk-over too.
        leak_fade: dB a second by which a voice's claim on its leak fades. Lower covers later echoes.
        take: seconds of talk that take the floor right after its holder stopped.
        lull: seconds of talk that take the floor in a lull of its holder, where listeners put
            their "mm-hmm".
        barge: seconds since an onset over the holder's speech after which it takes the floor, once
            the holder stops.
        habit: how much sooner those take the floor whose turns mostly are turns and not
            interjections: 1 is up to half the time, 0 none.
        insist: seconds of talk over a holder who goes on that take the floor all the same.
        open: seconds of talk that take a floor nobody holds.
        pause: seconds of quiet after which the holder counts as having stopped.
        bridge: seconds of quiet that still belong to one turn.
        release: seconds without anybody's speech after which nobody holds the floor.
    """

    snr: float
    range: float
    floor_window: float
    level_time: float
    rise: float
    fall: float
    smoothing: float
    leak_margin: float
    leak_fade: float
    take: float
    lull: float
    barge: float
    habit: float
    insist: float
    open: float
    pause: float
    bridge: float
    release: float


class ActiveSpeaker:
    """Follows the floor of one meeting.

    `talking` is fast, per participant, for a ring around a tile. `current` is the slow decision
    layouts follow; nobody (None) is a state of its own. Both can be read at any moment, so who
    joins late is told at once. Safe to share between threads.

    Participants join by their first level. Ids are 1 to 256 bytes, at most 512 are there at once.
    Who comes back under the same id without `leave` goes on with the levels learnt before.
    """

    def __init__(self, **settings: Unpack[SpeakerSettings]) -> None:
        """Takes `SpeakerSettings` by keyword.

        Raises:
            AudioRejected: a setting is unknown or outside its range.
        """
        try:
            self._tracker = FloorTracker(**settings)
        except ValueError as error:
            raise AudioRejected(str(error)) from None

    def __repr__(self) -> str:
        return f"ActiveSpeaker(current={self.current!r}, talking={sorted(self.talking)})"

    def push(
        self, participant: str, *, at: float, level: float, media: float | None = None
    ) -> None:
        """Takes one audio level.

        Args:
            participant: whose it is.
            at: when it arrived, seconds on the server's clock. Up to a second before the newest
                time counts as the newest.
            level: dBov as in RFC 6464, clamped to -127..0.
            media: the packet's own time, its RTP timestamp over the clock rate, in seconds. With
                it a packet overtaken by a later one counts for nothing, and one of 40 or 60 ms for
                two or three.

        Raises:
            AudioRejected: a number is NaN, the time runs more than a second backwards, the id is out
                of bounds or 512 participants are there.
        """
        try:
            self._tracker.push(participant, at=at, level=level, media=media)
        except ValueError as error:
            raise AudioRejected(str(error)) from None

    def poll(self, *, at: float) -> SpeakerChanged | None:
        """Decides up to `at` seconds; the change since the last one told, if there is one.

        Raises:
            AudioRejected: the time is NaN or runs more than a second backwards.
        """
        try:
            change = self._tracker.poll(at=at)
        except ValueError as error:
            raise AudioRejected(str(error)) from None
        if change is None:
            return None
        return SpeakerChanged(at=change.at, previous=change.previous, speaker=change.current)

    def leave(self, participant: str) -> bool:
        """Forgets a participant and all that was learnt; its floor is nobody's at once.

        Returns:
            Whether the participant was there.
        """
        return self._tracker.leave(participant)

    def mute(self, participant: str) -> None:
        """Hears nothing of a participant until `unmute`; its floor is free as after any silence.

        Raises:
            AudioRejected: the id is out of bounds or 512 participants are there.
        """
        try:
            self._tracker.mute(participant)
        except ValueError as error:
            raise AudioRejected(str(error)) from None

    def unmute(self, participant: str) -> None:
        """Hears a participant again.

        Raises:
            AudioRejected: the id is out of bounds or 512 participants are there.
        """
        try:
            self._tracker.unmute(participant)
        except ValueError as error:
            raise AudioRejected(str(error)) from None

    @property
    def current(self) -> str | None:
        """Who holds the floor."""
        return self._tracker.current

    @property
    def talking(self) -> frozenset[str]:
        """Who talks at this moment."""
        return self._tracker.talking

    @property
    def settings(self) -> dict[str, float]:
        """Every setting by its name, defaults included."""
        return self._tracker.settings


def audio_level(samples: NDArray[np.int16] | NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The level of each whole 20 ms of mono sound, dBov from -127 (silence) to 0.

    RFC 6464 and 6465: 20 log10 of the root mean square over the overload point, which is a
    full-scale square wave (32767, or 1.0 in floats).

    Args:
        samples: one channel, int16 or float32, any buffer of these.
        rate: samples a second, 8000 to 384000, a multiple of 50.

    Raises:
        AudioRejected: the rate or the samples' shape or type is another.
    """
    try:
        return np.asarray(audio_levels(samples, rate), dtype=np.float32)
    except ValueError as error:
        raise AudioRejected(str(error)) from None
