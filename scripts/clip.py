"""Makes the clip of the demo: a moving scene, a cut, a black stretch, a freeze; H.264 and AAC."""

import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

WIDTH: Final = 1280
HEIGHT: Final = 720
RATE: Final = 25
SOUND: Final = 48_000

Picture = NDArray[np.uint8]


def main(path: str) -> None:
    """Write the clip to `path`."""
    with av.open(path, "w") as clip:
        video = clip.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = clip.add_stream("aac", rate=SOUND, layout="mono")
        count = 0
        for picture in scenes():
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, count = count, count + 1
            clip.mux(video.encode(frame))
        clip.mux(video.encode(None))
        for start in range(0, count * SOUND // RATE, 1024):
            clip.mux(audio.encode(_tone(start)))
        clip.mux(audio.encode(None))


def scenes() -> Iterator[Picture]:
    """Fourteen seconds."""
    street = _texture(1, (70, 110, 160))
    for index in range(3 * RATE):
        yield _balls(_window(street, 6 * index, 40), index)
    meadow = _texture(2, (150, 140, 60))
    for index in range(2 * RATE):
        yield _window(meadow, 60, 2 * index)
    for _ in range(RATE):
        yield np.full((HEIGHT, WIDTH, 3), 4, np.uint8)
    for index in range(2 * RATE):
        yield _balls(_window(meadow, 300, 200 - index), 2 * index)
    held = _balls(_window(street, 500, 80), 30)
    for _ in range(2 * RATE):
        yield held
    for index in range(2 * RATE):
        yield _balls(_window(street, 500 - 10 * index, 80), 30 + 3 * index)
    for index in range(2 * RATE):
        brightness = 1 - 0.8 * index / (2 * RATE)
        yield (_window(meadow, 3 * index, 3 * index) * brightness).astype(np.uint8)


def _texture(seed: int, tint: tuple[int, int, int]) -> Picture:
    """A large still picture with soft detail of every size, larger than a frame."""
    random = np.random.default_rng(seed)
    relief = np.zeros((2 * HEIGHT, 2 * WIDTH))
    for size in (4, 16, 64, 256):
        coarse = random.integers(0, 256, (2 * HEIGHT // size, 2 * WIDTH // size), np.uint8)
        smooth = av.VideoFrame.from_ndarray(coarse, format="gray").reformat(
            2 * WIDTH, 2 * HEIGHT, interpolation=Interpolation.BICUBIC
        )
        relief += smooth.to_ndarray() * size**0.4
    relief = (relief - relief.min()) / np.ptp(relief)
    grain = random.normal(0, 3, relief.shape)
    shade = np.array(tint) * (0.4 + 1.2 * relief[:, :, None]) + grain[:, :, None]
    picture: Picture = np.clip(shade, 0, 255).astype(np.uint8)
    return picture


def _window(texture: Picture, x: int, y: int) -> Picture:
    left, top = x % WIDTH, y % HEIGHT
    return texture[top : top + HEIGHT, left : left + WIDTH, :]


def _balls(picture: Picture, index: int) -> Picture:
    """The picture with three balls on their way across it."""
    drawn = picture.copy()
    for ball, colour in enumerate(((235, 90, 70), (250, 210, 90), (240, 240, 245))):
        radius = 50 + 15 * ball
        x = radius + (200 + 350 * ball + (9 + 4 * ball) * index) % (WIDTH - 2 * radius)
        y = HEIGHT // 2 + round(200 * np.sin(index / 9 + 2 * ball))
        rows, columns = np.mgrid[-radius:radius, -radius:radius]
        there = drawn[y - radius : y + radius, x - radius : x + radius]
        there[rows**2 + columns**2 < radius**2] = colour
    return drawn


def _tone(start: int) -> av.AudioFrame:
    """1024 samples of a quiet tone."""
    phase = 2 * np.pi * 220 / SOUND * np.arange(start, start + 1024)
    frame = av.AudioFrame.from_ndarray(
        (0.1 * np.sin(phase)).astype(np.float32)[None, :], format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = SOUND, start, Fraction(1, SOUND)
    return frame


if __name__ == "__main__":
    main(sys.argv[1])
