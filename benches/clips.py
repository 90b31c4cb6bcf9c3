"""What a clip costs beside its encoding: 30 s of 720p to 9:16 with captions, sound and a moving crop.

    python benches/clips.py [--seconds 30] [--source FILE]

Processor time of the whole process, of all its threads. The source is made here: a textured picture that slides, with
noise, coded by x264 at some 4 Mbit/s. Each part is measured by leaving it out:

    decode    the source's pictures, once
    compose   decode, crop, scale and captions, encoded by nobody
    encode    all of the picture's way, less compose, and the sound's coding once
    whole     what `v100 clips` does: looking for scenes and motion, sound to its loudness, picture, and decoding it once more

Printed beside each other: reframing, captions and sound alone; and the whole, over the encoding alone and over a plain
conversion, which has to decode as well.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from v100_ai.clips.captions import Captions, Font
from v100_ai.clips.framing import Box, Evidence, Geometry, Seen, shots
from v100_ai.clips.render.composer import Composer
from v100_ai.clips.render.encoding import Coding, Encoder
from v100_ai.clips.render.loudness import aac, levelled
from v100_ai.clips.render.picture import Pictures
from v100_ai.clips.render.sound import cut_sound
from v100_ai.clips.render.source import source
from v100_ai.clips.render.task import RENDERING, Task
from v100_ai.clips.render.track import Track
from v100_ai.clips.render.work import Work
from v100_ai.edit import Piece
from v100_ai.words import Transcript, placed

RATE = Fraction(30)
SAID = " ".join(["This is a sentence that somebody says, and here is another one."] * 7)


def made(path: Path, seconds: float) -> Path:
    rng = np.random.default_rng(1)
    rough = rng.integers(30, 220, (720, 1280 + 4 * int(30 * seconds))).astype(np.float32)
    kernel = np.ones(25, np.float32) / 25
    texture = np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), 1, rough)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        video.width, video.height, video.pix_fmt = 1280, 720, "yuv420p"
        tone = out.add_stream("aac", rate=48_000, layout="stereo")
        for index in range(int(30 * seconds)):
            luma = texture[:, 4 * index : 4 * index + 1280].copy()
            luma[200:600, 500:780] += 12 * np.sin(index / 5)
            frame = av.VideoFrame.from_ndarray(np.clip(luma + rng.normal(0, 2, luma.shape), 0, 255).astype(np.uint8), format="gray")  # fmt: skip
            frame = frame.reformat(format="yuv420p")
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        noise = (0.05 * rng.standard_normal((2, int(48_000 * seconds)))).astype(np.float32)
        for at in range(0, noise.shape[1], 1024):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(noise[:, at : at + 1024]), format="fltp", layout="stereo")  # fmt: skip
            frame.sample_rate, frame.pts = 48_000, at
            out.mux(tone.encode(frame))
        out.mux(tone.encode(None))
    return path


def spent(act: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds and seconds of an act."""
    began, wall = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - began, time.perf_counter() - wall


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--untold", action="store_true", help="faces are looked for, not told")
    parser.add_argument("--still", action="store_true", help="a face that sits still")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.source or made(Path(folder, "source.mp4"), options.seconds)
        measured(
            path,
            Path(folder),
            options.seconds,
            0.0 if options.still else 0.15,
            told=not options.untold,
        )


def measured(path: Path, folder: Path, seconds: float, sway: float, *, told: bool) -> None:  # noqa: C901  # one closure a part
    words = placed(SAID, 0.3, seconds - 0.3)
    faces = tuple(
        Seen(0.25 * i, (Box(0.4 + sway * np.sin(i / 12), 0.3, 0.1, 0.2),))
        for i in range(int(4 * seconds))
    )
    known = Evidence(faces=faces, cuts=(0.0,))
    task = Task(
        source=str(path), folder=str(folder), name="clip", transcript=Transcript(words),
        aspects=("9:16",), evidence=known if told else Evidence(),
    )  # fmt: skip
    with source(str(path), RENDERING) as src:
        rate, size = src.rate, (src.video.codec_context.width, src.video.codec_context.height)
    frames = int(seconds * rate)
    pieces = (Piece(0, frames),)
    geometry = Geometry(*size, 720, 1280)
    framed = shots([float(i / rate) for i in range(frames)], geometry, known)

    def decode() -> None:
        with source(str(path), RENDERING) as src:
            for _ in Pictures(src, rate).of(pieces):
                pass

    def picture(encoder: Encoder | None) -> None:
        composer = Composer(geometry)
        captions = Captions(words, rate, 720, 1280, Font(), framed)
        with source(str(path), RENDERING) as src:
            for index, (_, each) in enumerate(Pictures(src, rate).of(pieces)):
                shot = next(shot for shot in framed if index < shot.last)
                composed = composer.compose(each, shot, index)
                captions.burn(composed, index)
                if encoder is not None:
                    encoder.push(composed)

    def encoded() -> None:
        with Encoder(folder / "alone.mp4", 720, 1280, rate, Coding(), None) as encoder:
            picture(encoder)

    def coded() -> None:
        with source(str(path), RENDERING) as src:
            assert src.audio is not None
            encoder = aac()
            samples = Track(src, src.audio).read(0, int(seconds * 48_000))
            for at in range(0, samples.shape[1] - 1023, 1024):
                part = np.ascontiguousarray(samples[:, at : at + 1024])
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = 48_000, at
                encoder.encode(frame)

    def sound() -> None:
        with source(str(path), RENDERING) as src:
            assert src.audio is not None
            cut = cut_sound(Track(src, src.audio), pieces, rate, folder / "raw", lambda: None)
            levelled(cut, -14.0, -1.0, lambda: None)

    cost = {name: spent(act) for name, act in (("decode", decode), ("compose", lambda: picture(None)), ("picture", encoded), ("aac", coded), ("sound", sound), ("whole", lambda: Work(task, lambda stage, share: None).done()))}  # fmt: skip
    cpu = {name: each[0] for name, each in cost.items()}
    encode = cpu["picture"] - cpu["compose"] + cpu["aac"]
    beside = cpu["compose"] - cpu["decode"] + cpu["sound"] - cpu["aac"]
    print(json.dumps({
        "mode": framed[0].mode,
        "cpu_seconds": {name: round(value, 2) for name, value in cpu.items()} | {"encode": round(encode, 2)},
        "ms_a_frame": {name: round(1000 * value / frames, 2) for name, value in cpu.items()} | {"encode": round(1000 * encode / frames, 2)},
        "reframing_captions_sound_percent_of_encode": round(100 * beside / encode, 1),
        "whole_percent_over_encode": round(100 * cpu["whole"] / encode - 100, 1),
        "whole_percent_over_decode_and_encode": round(100 * cpu["whole"] / (encode + cpu["decode"]) - 100, 1),
        "whole_wall_seconds": round(cost["whole"][1], 1),
        "of_real_time": round(cost["whole"][1] / seconds, 2),
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
