"""What comparisons of people's own files ran into: each input is made here, as small as it can be."""

import math
from pathlib import Path

import numpy as np
import pytest

import v100_ai as v100
from tests import clips
from v100_ai.analyzers.summary import summarised

COUNT = 50


def textured(count: int = COUNT, width: int = 160, height: int = 96) -> list[np.ndarray]:
    """Pictures that move, and go brighter, so that none is like another."""
    return [
        np.clip(picture.astype(int) + 2 * at - 60, 0, 255).astype(np.uint8)
        for at, picture in enumerate(clips.moving(count, width, height))
    ]


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("found")
    return clips.write(folder / "reference.mkv", textured(), codec="ffv1")


def scored(reference: Path, distorted: Path, **options):
    quality = v100.quality(reference, distorted, **options)
    return quality.summary(), quality


def test_full_range_and_rgb_are_brought_to_the_references_range(reference: Path, tmp_path: Path):
    for name, codec, pixels, word in (
        ("full.mkv", "libx264", "yuvj420p", "full range"),
        ("rgb.mkv", "libx264rgb", "rgb24", "RGB"),
    ):
        path = clips.write(tmp_path / name, textured(), codec=codec, pixels=pixels, quality=0)
        summary, quality = scored(reference, path)
        # Rounded twice, and no more: codes that are read as they stand differ by 16.
        assert summary["psnr"].mean > 45
        assert summary["ssim"].mean > 0.99
        assert any(word in line for line in quality.notes)
        assert quality.warnings == []


def test_equal_pictures_of_two_full_ranges_are_equal(tmp_path: Path):
    path = clips.write(tmp_path / "full.mkv", textured(), pixels="yuvj420p", quality=0)
    assert scored(path, path)[0]["psnr"].mean == math.inf


def test_a_turned_encode_is_compared_upright(reference: Path, tmp_path: Path):
    turned = [np.ascontiguousarray(np.rot90(each, -1)) for each in textured()]
    path = clips.write(
        tmp_path / "turned.mp4",
        turned,
        quality=12,
        prepare=lambda video: video.set_display_rotation(90),
    )
    summary, quality = scored(reference, path)
    assert summary["vmaf"].mean > 85
    assert quality.alignment.paired == COUNT


def test_another_depth_alone_is_compared_at_the_deeper(reference: Path, tmp_path: Path):
    path = clips.write(tmp_path / "deep.mkv", textured(), codec="ffv1", pixels="yuv420p10le")
    for pair in ((reference, path), (path, reference)):
        summary, quality = scored(*pair, metrics=("psnr",))
        assert summary["psnr"].mean > 50
        assert any("at 10 bit" in line for line in quality.notes)


def test_a_clock_that_starts_again_ends_no_comparison(tmp_path: Path):
    part = clips.write(tmp_path / "part.ts", textured())
    both = tmp_path / "both.ts"
    both.write_bytes(part.read_bytes() * 2)
    summary, quality = scored(both, both, metrics=("psnr",))
    assert quality.alignment.paired == 2 * COUNT
    assert summary["psnr"].infinite == 2 * COUNT
    assert any("the clock starts again" in line for line in quality.warnings)


def test_a_change_of_size_ends_no_comparison(two_sizes: Path):
    summary, quality = scored(two_sizes, two_sizes, metrics=("psnr",))
    assert quality.alignment.paired == 20
    assert summary["psnr"].infinite == 20


def test_pairs_before_one_that_cannot_be_compared_are_kept(two_sizes: Path, tmp_path: Path):
    path = clips.write(tmp_path / "one.mp4", clips.moving(20))
    with pytest.warns(v100.SourceLostWarning, match="--scale-to reference"):
        table = v100.quality(path, two_sizes, metrics=("psnr",), align="frame").to_pandas()
    assert table["psnr"].notna().sum() == 10
    scaled = v100.quality(path, two_sizes, metrics=("psnr",), align="frame", scale_to="reference")
    assert scaled.alignment.paired == 20


def test_a_second_that_was_cut_off_the_start_is_found_and_told(reference: Path, tmp_path: Path):
    path = clips.write(tmp_path / "trimmed.mp4", textured()[25:], quality=20)
    summary, quality = scored(reference, path)
    assert quality.alignment.offset_seconds == pytest.approx(1.0, abs=0.01)
    assert quality.alignment.paired == COUNT - 25
    assert summary["psnr"].mean > 28
    told = "\n".join(quality.warnings)
    assert "the search was widened" in told
    assert "25 of 50 reference frames were never compared: 25 before the first pair" in told


def test_the_last_pair_is_right_where_the_reference_ends_first(reference: Path, tmp_path: Path):
    short = clips.write(tmp_path / "short.mkv", textured()[:30], codec="ffv1")
    whole = clips.write(tmp_path / "whole.mp4", textured(), quality=30)
    summary, quality = scored(short, whole, metrics=("psnr",))
    assert quality.alignment.paired == 30
    assert (quality.alignment.unpaired, quality.alignment.duplicated) == (20, 0)
    first = scored(reference, whole, metrics=("psnr",), max_frames=30)[0]
    assert summary["psnr"].mean == pytest.approx(first["psnr"].mean, abs=1e-9)
    assert any("20 of 50 distorted frames have no reference" in each for each in quality.warnings)


def test_a_shorter_distorted_input_is_told(reference: Path, tmp_path: Path):
    path = clips.write(tmp_path / "short.mp4", textured()[:30])
    told = "\n".join(scored(reference, path, metrics=("psnr",))[1].warnings)
    assert "20 of 50 reference frames were never compared: 20 after the last pair" in told


def letterboxed(picture: np.ndarray) -> np.ndarray:
    framed = np.zeros_like(picture)
    framed[20:-20] = picture[::2][: 96 - 40].repeat(2, 0)[: 96 - 40]
    return framed


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (letterboxed, "black bars"),
        (lambda picture: picture[:, ::-1], "mirrored, left to right"),
        (lambda picture: picture[::-1], "mirrored, upside down"),
        (lambda picture: picture[12:84, 20:140], "it was cropped"),
        (lambda picture: picture[:, ::2], "another aspect ratio"),
    ],
)
def test_another_picture_is_told(change, word, tmp_path: Path):
    pictures = [np.kron(each[:12, :20], np.ones((8, 8), np.uint8)) for each in clips.moving(30)]
    reference = clips.write(tmp_path / "r.mkv", pictures, codec="ffv1")
    changed = [np.ascontiguousarray(change(each)) for each in pictures]
    path = clips.write(tmp_path / "d.mkv", changed, codec="ffv1")
    told = v100.quality(reference, path, metrics=("psnr",), scale_to="reference").warnings
    assert any(word in line for line in told), told


def test_what_is_the_same_is_not_told_of(reference: Path, tmp_path: Path):
    path = clips.write(tmp_path / "coded.mp4", textured(), quality=24)
    assert scored(reference, path, metrics=("psnr",))[1].warnings == []


def test_another_rate_and_another_speed_are_told(reference: Path, tmp_path: Path):
    twice = clips.write(
        tmp_path / "half.mp4", textured()[::2], times=list(range(0, COUNT, 2)), quality=20
    )
    told = "\n".join(scored(reference, twice, metrics=("psnr",))[1].warnings)
    assert "the distorted input has 12.5 frames a second, the reference 25" in told
    slow = clips.write(
        tmp_path / "slow.ts", textured(), times=[round(at * 1.2) for at in range(COUNT)], quality=20
    )
    quality = v100.quality(reference, slow, metrics=("psnr",), max_offset=1.0)
    assert any("times the reference's speed" in line for line in quality.warnings)
    assert quality.alignment.confidence is not None
    assert 0 <= quality.alignment.confidence <= 1


def test_what_two_inputs_say_of_themselves_is_compared(tmp_path: Path):
    def fields(video):
        video.options = {"x264-params": "tff=1"}

    def light(video):
        video.codec_context.color_trc = 18

    plain, fielded, bright = (
        clips.write(tmp_path / f"{at}.mp4", textured(20), prepare=prepare)
        for at, prepare in enumerate((None, fields, light))
    )
    for path, words in (
        (fielded, "is interlaced, the reference progressive"),
        (bright, "is HDR (HLG), the reference SDR"),
    ):
        told = v100.quality(plain, path, metrics=("psnr",)).warnings
        assert any(words in line for line in told), told


def test_an_offset_at_the_edge_of_the_search_is_told(reference: Path, tmp_path: Path):
    late = clips.write(
        tmp_path / "late.ts", textured(), times=[at + 14 for at in range(COUNT)], quality=20
    )
    early = clips.write(tmp_path / "early.ts", textured(), quality=20)
    found = v100.quality(early, late, metrics=("psnr",), max_offset=0.5)
    assert found.alignment.offset_seconds == pytest.approx(-0.48, abs=0.01)
    assert found.alignment.paired == COUNT


def test_psnr_is_pooled_by_the_mean_squared_error(reference: Path, tmp_path: Path):
    """ffmpeg's `psnr` has the mean of the squared errors as its average."""
    pictures = textured()
    pictures[30] = np.zeros_like(pictures[30])
    path = clips.write(tmp_path / "bad.mkv", pictures, codec="ffv1")
    summary, _quality = scored(reference, path, metrics=("psnr", "ssim"), align="frame")
    worst = summary["psnr"].min
    assert (summary["psnr"].infinite, summary["psnr"].frames) == (COUNT - 1, COUNT)
    assert summary["psnr"].mean == pytest.approx(worst + 10 * math.log10(COUNT))
    assert summary["psnr"].max == math.inf
    assert summary["ssim"].decibels == pytest.approx(-10 * math.log10(1 - summary["ssim"].mean))


def test_no_summary_is_of_a_part_without_saying_so():
    found = summarised([20.0, math.inf, 30.0], decibels=True)
    assert found.frames == 3
    assert found.mean == pytest.approx(-10 * math.log10((0.01 + 0.001) / 3))


def test_what_is_read_of_the_distorted_input_is_found_in_the_reference(
    reference: Path, tmp_path: Path
):
    path = clips.write(tmp_path / "coded.mp4", textured(), quality=30)
    whole = v100.quality(reference, path, metrics=("psnr",)).to_pandas()
    part = v100.quality(reference, path, metrics=("psnr",), start=0.8, duration=0.8).to_pandas()
    expected = whole[whole["pts"].between(0.79, 1.59)]
    assert list(part["psnr"]) == pytest.approx(list(expected["psnr"]))
