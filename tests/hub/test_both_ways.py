"""One file, read by the command and by a session: the same cuts, and the same faults with all that is known of them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from v100_ai.cli.main import main
from v100_ai.config import Settings
from v100_ai.hub import embedded
from v100_ai.report import session_page
from v100_ai.report.session import collect

pytestmark = pytest.mark.anyio


def drawn(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


async def test_a_file_has_one_report_whichever_way_it_was_read(
    settings: Callable[..., Settings], mp4: Path, tmp_path: Path
):
    out = tmp_path / "report.html"
    assert await anyio.to_thread.run_sync(main, ["analyze", str(mp4), "--html", str(out)]) == 0
    async with embedded(settings()) as runs:
        session = await runs.stream(
            "S", source=mp4.name, pace="fast", alerts=[], rate="frame",
            scene_complexity=True, motion_estimation=True, visual=True,
        )  # fmt: skip
        with anyio.fail_after(50):
            async for _ in runs.events(session.id):
                pass
        events = [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=9999)]
    file, live = drawn(out.read_text()), drawn(session_page.html(collect(events), "1"))
    assert len(file["faults"]) == 2
    assert len(file["cuts"]) == 3
    for name, digits in (("faults", "worst"), ("cuts", "score")):
        assert all(each[digits] is not None for each in live[name])
        assert [each | {digits: 0} for each in live[name]] == [
            each | {digits: 0} for each in file[name]
        ]
        assert [each[digits] for each in live[name]] == pytest.approx(
            [each[digits] for each in file[name]], rel=1e-4
        )
    assert live["frames"] == file["frames"]
    assert {each["id"] for each in live["lanes"]} <= {each["id"] for each in file["lanes"]}
