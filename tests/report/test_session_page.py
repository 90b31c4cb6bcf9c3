import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.report import browser
from tests.report.events import Log, meeting, stream
from v100_ai.report.session import SessionReport, collect
from v100_ai.report.session_page import content, html

HOSTILE = '</script><img src=x onerror="document.title=1">&{{data}}<!--'
TURNED = "\u202e\u2067txet\u0000\u001b"
CROWD = (
    HOSTILE,
    HOSTILE * 200,
    TURNED,
    "\u0627" * 10_000,
    "</style><script>1</script>",
    "__proto__",
)


def hostile() -> SessionReport:
    log = meeting(people=CROWD, said=HOSTILE + TURNED + "W" * 10_000)
    for type_, data in _marks(HOSTILE + "x" * 10_000):
        log.tell(type_, data)
    log.events[0]["data"]["name"] = HOSTILE + TURNED
    return collect(log.events, transcript=True)


def _marks(said: str) -> list[tuple[str, dict[str, Any]]]:
    alert = {"rule": said, "incident": said, "reading": said, "start": 5.0, "limit": "inf"}
    return [
        ("fault.found", {"fault": said, "from_pts": 1.0, "to_pts": 9.0}),
        ("fault.found", {"fault": "constructor", "from_pts": 1.0, "to_pts": 9.0}),
        ("analysis.gap", {"from_pts": 20.0, "to_pts": 30.0, "reason": said}),
        ("alert.opened", {**alert, "value": "-inf"}),
        ("source.lost", {"reason": said, "retry_in": None}),
        ("source.connected", {"width": 1, "height": 1, "codec": said, "rate": 1.0}),
        ("session.stats", {"counts": {said: {"x": 3}, "__proto__": {"y": 4}}}),
        ("layout.changed", {"at": 3.0, "view": said, "reason": said, "tiles": []}),
        ("layout.changed", {"at": 9.0, "view": "constructor", "reason": "", "tiles": []}),
        ("highlight.created", {"id": "z", "type": said, "text": said, "start": 1.0}),
    ]


def looked_at(report: SessionReport, folder: Path) -> str:
    out = folder / "report.html"
    out.write_text(html(report, "1.2.3"), encoding="utf-8")
    return browser.dom(out, folder / "profile")


def headings(document: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", document)


def test_the_page_holds_its_data_whatever_was_said():
    report = hostile()
    text = html(report, "1.2.3")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    assert json.loads(found[1]) == json.loads(json.dumps(content(report, "1.2.3")))
    assert HOSTILE not in text
    assert "<img src=x" not in text
    assert text.count("</script>") == 2
    assert "default-src 'none'" in text


def test_a_browser_draws_a_stream_with_its_gap_and_alerts(tmp_path: Path):
    document = looked_at(collect(stream().events), tmp_path)
    drew = browser.facts(document)
    assert {name: drew[name] for name in ("lanes", "cuts", "faults", "alerts", "gaps")} == {
        "lanes": "4",
        "cuts": "14",
        "faults": "1",
        "alerts": "2",
        "gaps": "1",
    }
    assert document.count(">another aspect ratio</li>") == 1
    # One line a lane, in two pieces: it does not cross the gap.
    lines = re.findall(r'class="line" d="([^"]*)"', document)
    assert [line.count("M") for line in lines] == [2] * 4
    assert document.count('class="alarming" d="M') == 1
    assert document.count('class="unseen" d="M') == 4
    told = ["Timeline", "Faults", "Scenes", "Alerts", "Gaps", "Measures", "Counters"]
    assert headings(document) == [*told[:1], "Worst frames", *told[1:]]


def test_a_browser_draws_a_meeting_and_leaves_out_what_there_is_none_of(tmp_path: Path):
    document = looked_at(collect(meeting().events), tmp_path)
    drew = browser.facts(document)
    assert (drew["voices"], drew["highlights"], drew["segments"]) == ("5", "14", "0")
    paths = re.findall(r'class="voice" d="([^"]*)"', document)
    assert sum(path.count("M") for path in paths) == 60
    told = ["Timeline", "Summary", "Highlights", "Speaking time", "Worst frames"]
    assert headings(document) == told
    for words in ("Alice Ng", "Дарья", "ليلى", "Action items", "2026-12-04", "To do: "):
        assert words in document


def test_a_browser_shows_hostile_words_as_text(tmp_path: Path):
    document = looked_at(hostile(), tmp_path)
    drew = browser.facts(document)
    assert (drew["voices"], drew["alerts"], drew["gaps"], drew["segments"]) == ("6", "1", "1", "60")
    body = document[document.index("<main>") : document.index('<script type="application/json"')]
    assert body.count("&lt;img src=x") > 20
    assert "<img src=x" not in document
    assert len(re.findall(r"<script\b", document)) == 2
    assert len(re.findall(r"<style\b", document)) == 1
    assert "<title>1</title>" not in document
    for heading in ("Alerts", "Gaps", "Counters", "Transcript", "Speaking time"):
        assert heading in headings(document)


def test_a_browser_shows_a_session_of_nothing(tmp_path: Path):
    log = Log()
    log.tell("session.started", {"name": "Empty", "session_kind": "meeting", "layers": []})
    document = looked_at(collect(log.events), tmp_path)
    assert "has not ended" in document
    assert "Timeline" not in headings(document)
    assert browser.facts(document)["voices"] == "0"


def tracked() -> Log:
    """Two participants with a picture each: one is cut and has a fault, the other's frames are more."""
    log = Log()
    log.tell("session.started", {"name": "Two", "session_kind": "meeting", "layers": ["visual"]})
    log.tell("participant.joined", {"at": 0.0, "participant": "ana", "name": HOSTILE})
    for second in range(40):
        log.second(second, rate="second")
        log.events[-1]["data"]["track"] = "bob"
        if second < 20:
            log.second(second, rate="second")
            log.events[-1]["data"] |= {"track": "ana"}
            del log.events[-1]["data"]["vmaf"]
    log.tell("scene.cut", {"frame": 50, "pts": 2.0, "score": 0.9, "track": "ana"})
    log.tell("fault.found", {"fault": "black", "from_pts": 3.0, "to_pts": 4.0, "track": "ana"})
    return log


@pytest.mark.anyio
async def test_each_track_is_charted_with_its_own_marks(tmp_path: Path):
    out = tmp_path / "report.html"
    out.write_text(html(collect(tracked().events), "1"), encoding="utf-8")
    drawn = "({lanes, cuts, faults, points}) => [lanes, cuts, faults, points].map(Number)"
    look = f"({drawn})(document.documentElement.dataset)"
    names = "[...document.querySelectorAll('.picks option')].map((each) => each.textContent)"
    pick = "(at) => { const whose = document.querySelector('.picks select'); whose.selectedIndex = at; whose.onchange(); }"
    async with browser.page(out.as_uri(), tmp_path / "profile") as page:
        assert await page.evaluate(names) == ["bob", HOSTILE]
        assert await page.evaluate(look) == [4, 0, 0, 160]
        await page.evaluate(f"({pick})(1)")
        assert await page.evaluate(look) == [3, 1, 1, 60]
        assert await page.evaluate("document.querySelectorAll('#faults tbody tr').length") == 1
        await page.evaluate(f"({pick})(0)")
        assert await page.evaluate(look) == [4, 0, 0, 160]
