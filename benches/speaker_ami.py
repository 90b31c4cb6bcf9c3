"""Talking or not on real meeting sound, against who was annotated to speak.

    python benches/speaker_ami.py DIR [snr=10 range=20 ...]

DIR holds *.flac (or .wav) clips of mixed meeting sound and *.rttm files that name them. One channel
of a room cannot say who holds the floor, only whether somebody talks: the levels of the clip are
one participant's, and `talking` is compared with the annotation every 20 ms. Annotated speech is
also compared as turns, pauses below 0.6 s filled, since words' pauses are not annotated as such.
"""

import argparse
import itertools
from collections import defaultdict
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

import v100_ai as v100
from v100_ai.director import SpeakerSettings

FRAME = 0.02
PAUSE = 30
"""Frames of pause that are filled in turns: 0.6 s."""


def sound(path: Path) -> tuple[NDArray[np.int16], int]:
    """The first channel of a file, and its rate."""
    resampler = av.AudioResampler(format="s16", layout="mono")
    with av.open(str(path)) as container:
        blocks = [
            out.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for out in resampler.resample(frame)
        ]
        return np.concatenate(blocks), container.streams.audio[0].rate


def annotated(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Start and end of every speech segment, by clip."""
    segments = defaultdict(list)
    for path in sorted(folder.glob("*.rttm")):
        for line in path.read_text().splitlines():
            fields = line.split()
            if fields and fields[0] == "SPEAKER":
                start = float(fields[3])
                segments[fields[1]].append((start, start + float(fields[4])))
    return segments


def filled(speech: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Speech with its short pauses filled."""
    turns = speech.copy()
    on = np.flatnonzero(speech)
    for before, after in itertools.pairwise(on):
        if after - before <= PAUSE:
            turns[before:after] = True
    return turns


def detected(levels: NDArray[np.float32], settings: SpeakerSettings) -> NDArray[np.bool_]:
    """Whether the participant talks, frame by frame."""
    speaker = v100.ActiveSpeaker(**settings)
    found = np.zeros(len(levels), bool)
    for frame, level in enumerate(levels):
        speaker.push("room", at=frame * FRAME, level=float(level))
        speaker.poll(at=(frame + 1) * FRAME)
        found[frame] = "room" in speaker.talking
    return found


def onset_delays(found: NDArray[np.bool_], turns: NDArray[np.bool_]) -> list[float]:
    """Milliseconds from a turn's annotated start to `talking`, where it was quiet before."""
    starts = np.flatnonzero(turns & ~np.r_[True, turns[:-1]])
    delays = []
    for start in starts:
        heard = np.flatnonzero(found[start : start + 100])
        if not found[max(0, start - 5) : start].any() and len(heard):
            delays.append(float(heard[0]) * FRAME * 1000)
    return delays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()
    folder = arguments.folder
    named = (setting.split("=") for setting in arguments.settings)
    settings = cast("SpeakerSettings", {name: float(value) for name, value in named})
    rows, delays = [], []
    print("clip     speech %  found of speech %  found of turns %  false of pauses %  accuracy %")
    for clip, segments in sorted(annotated(folder).items()):
        path = next((p for p in sorted(folder.glob(f"{clip}.*")) if p.suffix != ".rttm"), None)
        if path is None:
            print(f"{clip}: no sound")
            continue
        found = detected(v100.audio_level(*sound(path)), settings)
        speech = np.zeros(len(found), bool)
        for start, end in segments:
            speech[round(start / FRAME) : round(end / FRAME)] = True
        turns = filled(speech)
        delays += onset_delays(found, turns)
        rows.append((clip, found, speech, turns))
        show(clip, found, speech, turns)
    if rows:
        show("all", *(np.concatenate([row[i] for row in rows]) for i in (1, 2, 3)))
        print(f"onsets out of silence: {len(delays)}, median delay {np.median(delays):.0f} ms")


def show(
    name: str, found: NDArray[np.bool_], speech: NDArray[np.bool_], turns: NDArray[np.bool_]
) -> None:
    """One line of the table."""

    def part(of: NDArray[np.bool_]) -> float:
        return 100 * float(found[of].mean()) if of.any() else float("nan")

    accuracy = 100 * float((found == turns).mean())
    print(
        f"{name:8} {100 * speech.mean():8.1f} {part(speech):18.1f} {part(turns):17.1f}"
        f" {part(~turns):18.1f} {accuracy:11.1f}"
    )


if __name__ == "__main__":
    main()
