"""Timelines are read back by OpenTimelineIO as the frames that were planned."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from v100_ai.edit import Piece, Plan
from v100_ai.edit.timeline import Timeline, edl, export, fcpxml, timecode
from v100_ai.errors import ExtraMissing, SettingRejected

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60000, 1001)]
PIECES = (Piece(0, 37), Piece(1790, 1805), Piece(17_970, 18_000), Piece(108_000, 108_001))


def timeline(rate: Fraction, *, sound: bool = True) -> Timeline:
    plan = Plan(rate, PIECES, ())
    return Timeline(plan, Path("/media/a talk & more.mp4"), 1280, 720, 7300.0, sound)


def ranges(track) -> list[tuple[float, float]]:
    return [
        (clip.source_range.start_time.value, clip.source_range.duration.value)
        for clip in track
        if isinstance(clip, otio.schema.Clip)
    ]


EXPECTED = [(piece.first, len(piece)) for piece in PIECES]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("ending", [".otio", ".xml"])
def test_otio_and_final_cut_7_are_read_back_equal(tmp_path: Path, rate: Fraction, ending: str):
    path = tmp_path / f"talk{ending}"
    export(timeline(rate), path)
    read = otio.adapters.read_from_file(str(path))
    read = read if isinstance(read, otio.schema.Timeline) else read[0]
    assert [track.kind for track in read.tracks] == ["Video", "Audio"]
    for track in read.tracks:
        assert ranges(track) == EXPECTED
        assert track[0].media_reference.target_url == "file:///media/a%20talk%20%26%20more.mp4"


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_an_edl_is_read_back_equal(tmp_path: Path, rate: Fraction):
    path = tmp_path / "talk.edl"
    export(timeline(rate), path)
    read = otio.adapters.read_from_file(str(path), rate=float(rate))
    (video,) = read.video_tracks()
    assert ranges(video) == EXPECTED
    assert (";" in path.read_text()) == (rate.denominator == 1001)


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("frame", [0, 1, 1799, 1800, 17_981, 17_982, 107_892, 500_000])
def test_time_code_is_that_of_opentimelineio(rate: Fraction, frame: int):
    time = otio.opentime.RationalTime(frame, float(rate))
    assert timecode(frame, rate) == otio.opentime.to_timecode(time)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_fcpxml_counts_in_exact_seconds(rate: Fraction):
    root = ET.fromstring(fcpxml(timeline(rate)))  # noqa: S314  # our own
    clips = root.findall(".//asset-clip")
    read = [
        tuple(
            Fraction(clip.attrib[name].removesuffix("s")) * rate for name in ("start", "duration")
        )
        for clip in clips
    ]
    assert read == [tuple(map(Fraction, each)) for each in EXPECTED]
    offsets = [Fraction(clip.attrib["offset"].removesuffix("s")) * rate for clip in clips]
    assert offsets == [0, 37, 52, 82]
    (media,) = root.findall(".//media-rep")
    assert media.attrib["src"].endswith("a%20talk%20%26%20more.mp4")


def test_without_sound_there_is_no_track_for_it(tmp_path: Path):
    silent = timeline(Fraction(25), sound=False)
    assert " AA/V " not in edl(silent)
    assert "hasAudio" not in fcpxml(silent)
    export(silent, tmp_path / "a.otio")
    assert len(otio.adapters.read_from_file(str(tmp_path / "a.otio")).tracks) == 1


def test_another_ending_is_refused_and_a_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(SettingRejected, match=r"\.otio"):
        export(timeline(Fraction(25)), tmp_path / "a.aaf")
    monkeypatch.setitem(__import__("sys").modules, "opentimelineio", None)
    with pytest.raises(ExtraMissing, match=r"v100_ai\[otio\]"):
        export(timeline(Fraction(25)), tmp_path / "a.otio")
