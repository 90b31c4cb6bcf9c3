import json
import re
from pathlib import Path

from tests import clips
from tests.report import browser
from v100_ai.cli import main
from v100_ai.comparison import Alignment
from v100_ai.faults import Cut, Fault
from v100_ai.frames import Gap
from v100_ai.report.gallery import Gallery
from v100_ai.report.page import Against, Report, content, page
from v100_ai.report.rows import COLUMNS
from v100_ai.report.series import Series

HOSTILE = '</script><img src=x onerror="document.title=1">&{{data}}<!--'


def report(frames: int, name: str = "talk.mp4") -> Report:
    series = Series()
    for index in range(frames):
        known = {"frame": index, "pts": index / 25, "width": 64, "height": 48}
        measured = {"visual_exposure": 0.5 + index % 7 / 20, "scene_complexity": 0.25}
        series.push({**dict.fromkeys(COLUMNS), **known, **measured})
    return Report(
        name,
        "1.2.3",
        series=series,
        gallery=Gallery(),
        faults=[Fault(kind="frozen", start=1.0, end=2.5, frames=37, worst=0.0)],
        cuts=[Cut(frame=30, pts=1.2, score=0.8)],
        lost=f"{name}: ends early",
    )


def data(text: str) -> object:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_holds_its_data_whatever_the_names_in_it():
    hostile = report(100, HOSTILE)
    text = page(hostile)
    assert data(text) == content(hostile)
    assert HOSTILE not in text
    assert "<img src=x" not in text
    assert text.count("</script>") == 2


def test_the_page_asks_for_nothing_outside_of_it():
    text = page(report(10))
    assert "default-src 'none'" in text
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", text) == []
    assert "@import" not in text


def test_an_empty_report_is_still_a_page():
    assert data(page(Report("nothing.mp4", "1.2.3")))


def test_a_browser_draws_every_lane_of_a_real_clip(mp4: Path, tmp_path: Path):
    out = tmp_path / "report.html"
    assert main(["analyze", str(mp4), "--html", str(out)]) == 0
    document = browser.dom(out, tmp_path / "profile")
    drew = browser.facts(document)
    assert int(drew["lanes"]) >= 6
    assert int(drew["points"]) >= 149 * int(drew["lanes"])
    assert int(drew["thumbnails"]) >= 5
    assert document.count('class="line" d="M') == int(drew["lanes"])
    assert document.count("data-at=") >= int(drew["faults"]) + int(drew["cuts"]) + 1


def test_a_browser_shows_what_a_reference_says(mp4: Path, tmp_path: Path):
    distorted = clips.write(tmp_path / "distorted.mp4", clips.scenes(), quality=40)
    out = tmp_path / "report.html"
    arguments = ["analyze", str(distorted), "--reference", str(mp4), "--html", str(out)]
    assert main([*arguments, "--layers", "visual"]) == 0
    document = browser.dom(out, tmp_path / "profile")
    drew = browser.facts(document)
    assert 1 <= int(drew["worst"]) <= 6
    assert (
        document.count('alt="distorted"') == document.count('alt="reference"') == int(drew["worst"])
    )
    assert document.count('class="line" d="M') == int(drew["lanes"])
    for words in ("VMAF", "PSNR", "SSIM", "Reference left: ", "vmaf_v0.6.1 · "):
        assert words in document


def test_a_browser_shows_hostile_names_as_text(tmp_path: Path):
    out = tmp_path / "report.html"
    out.write_text(page(report(100, HOSTILE)), encoding="utf-8")
    document = browser.dom(out, tmp_path / "profile")
    assert browser.facts(document) == {
        "points": "200",
        "lanes": "2",
        "thumbnails": "0",
        "faults": "1",
        "cuts": "1",
        "worst": "0",
    }
    assert "&lt;img src=x" in document
    assert "<img src=x" not in document


def test_a_browser_shows_a_report_of_nothing(tmp_path: Path):
    out = tmp_path / "report.html"
    out.write_text(page(Report("nothing.mp4", "1.2.3", lost="no frame in it")), encoding="utf-8")
    document = browser.dom(out, tmp_path / "profile")
    assert browser.facts(document)["points"] == "0"
    assert "The input was lost: no frame in it" in document


def test_a_browser_shows_what_is_doubtful_before_any_figure(tmp_path: Path):
    told = report(100)
    told.lost = None
    told.warnings = ["the alignment may be lost"]
    told.words = ["h264 in mov", "HDR (PQ)"]
    told.gaps = [Gap(1.0, 2.0, "no frames for 1.00 s")]
    for index in range(3):
        row = {"frame": index, "pts": index / 25, "width": 64, "height": 48, "vmaf": 99.96}
        psnr = float("inf") if index else 40.0
        told.series.push({**dict.fromkeys(COLUMNS), **row, "psnr": psnr}, anew=index == 2)
    told.against = Against("r.mp4", "vmaf_v0.6.1", alignment=Alignment(paired=3, confidence=0.02))
    out = tmp_path / "report.html"
    out.write_text(page(told), encoding="utf-8")
    document = browser.dom(out, tmp_path / "profile")
    for words in (
        "the alignment may be lost",
        "confidence 0.02",
        "HDR (PQ)",
        "99.96",
        "2 of 3 frames equal",
    ):
        assert words in document
    assert document.index("the alignment may be lost") < document.index('class="tile"')
    assert 'class="unseen"' in document
