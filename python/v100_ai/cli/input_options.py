"""The words of a command line that say what of an input is read, and how."""

import argparse

from v100_ai.cli import words
from v100_ai.sources import InputOptions


def configure(command: argparse.ArgumentParser) -> None:
    """What may be said of an input."""
    group = command.add_argument_group("what of the input is read, and how")
    add = group.add_argument
    add("--stream", type=words.number, metavar="N", help="which of its video streams, from 0")
    add(
        "--start",
        type=words.seconds,
        default=0.0,
        metavar="TIME",
        help="begin there: seconds or HH:MM:SS",
    )
    add("--duration", type=words.seconds, metavar="TIME", help="read so much of it")
    add("--every", type=words.count, default=1, metavar="N", help="one frame in N")
    add("--rate", type=words.rate, metavar="FPS", help="of image sequences and raw video")
    add(
        "--format",
        metavar="NAME",
        help="FFmpeg's name of the input's format, where it cannot be guessed",
    )
    add(
        "--option",
        type=words.option,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="an option of FFmpeg's for the input, such as rtsp_transport=tcp; may be repeated",
    )
    add("--size", type=words.size, metavar="WxH", help="of raw video")
    add("--pix-fmt", metavar="NAME", help="pixel format of raw video (default: yuv420p)")
    add(
        "--deinterlace", action="store_true", help="measure every field of interlaced video (bwdif)"
    )


def options(given: argparse.Namespace) -> InputOptions:
    """The same as an `InputOptions`. Raises `SettingRejected`."""
    return InputOptions(
        stream=given.stream,
        start=given.start,
        duration=given.duration,
        every=given.every,
        rate=given.rate,
        format=given.format,
        options=dict(given.option),
        size=given.size,
        pix_fmt=given.pix_fmt,
        deinterlace=given.deinterlace,
    )
