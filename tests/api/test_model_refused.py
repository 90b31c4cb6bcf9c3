"""A key that the model refuses is no poor product: the log, the operator's page, the counters and the session say so."""

from pathlib import Path

import pytest
import structlog

from tests.api.running import running, until
from tests.highlights.fake_claude import KEY, fake_claude
from tests.highlights.staged import conversation

pytestmark = pytest.mark.anyio


def said(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "participant": one.participant,
            "start": one.start,
            "end": one.end,
            "text": one.text,
        }
        for one in conversation(count)
    ]


async def test_a_key_that_is_refused_is_told_everywhere_once(folder: Path):
    with structlog.testing.capture_logs() as lines:
        async with (
            fake_claude() as fake,
            running(folder, anthropic_key="wrong", anthropic_url=fake.url) as api,
        ):
            assert (await api.http.get("/readyz")).json() == {"status": "ready"}
            first = await api.meeting()
            answer = await api.http.post(f"/v1/meetings/{first}/captions", json=said(40))
            assert answer.status_code == 202
            await until(
                lambda: (
                    api.service.hub.model is not None and api.service.hub.model.refused is not None
                )
            )
            ready = await api.http.get("/readyz")
            assert (ready.status_code, ready.json()["model"]) == (200, "the key was refused (401)")
            assert "v100_model_refused 1.0" in (await api.http.get("/metrics")).text
            rules = await api.meeting(ai={"highlights": True, "engine": "rules"})
            later = await api.meeting()
            await api.http.post(f"/v1/meetings/{first}/end")
            for meeting, count in ((first, 1), (later, 1), (rules, 0)):
                path = f"/v1/meetings/{meeting}/events?types=session.notice"
                events = (await api.http.get(path)).json()["events"]
                assert [each["data"]["code"] for each in events] == ["model_refused"] * count
    (line,) = [each for each in lines if each["event"] == "model.refused"]
    assert (line["log_level"], line["reason"]) == ("error", "the key was refused (401)")
    assert "wrong" not in str(lines)


async def test_a_key_that_is_good_is_nothing_to_tell(folder: Path):
    with structlog.testing.capture_logs() as lines:
        async with (
            fake_claude() as fake,
            running(folder, anthropic_key=KEY, anthropic_url=fake.url) as api,
        ):
            meeting = await api.meeting()
            await api.http.post(f"/v1/meetings/{meeting}/captions", json=said(40))
            await api.http.post(f"/v1/meetings/{meeting}/end")
            assert (await api.http.get("/readyz")).json() == {"status": "ready"}
            found = (await api.http.get("/metrics")).text
            assert "v100_model_refused 0.0" in found
            assert "v100_model_replies_total 0.0" not in found
    assert [each for each in lines if each["event"].startswith("model.")] == []
