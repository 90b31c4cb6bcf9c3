"""What operators watch: who may, that it answers their ten questions, and that what is shipped asks only what is there."""

import json
import re
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.running import Api, running
from tests.serving import Server

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).parents[2] / "docs"
WORDS = re.compile(r"\b(?:v100|process)_[a-z0-9_]+\b")


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Every sample by its name."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
    return found


async def counted(api: Api) -> dict[str, list[tuple[dict[str, str], float]]]:
    answer = await api.http.get("/metrics")
    assert answer.status_code == 200
    return samples(answer.text)


async def test_the_counters_are_for_whoever_has_a_key_for_them(api: Api):
    async def status(secret: str | None) -> int:
        headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
        api.http.headers.pop("authorization")
        try:
            return (await api.http.get("/metrics", headers=headers)).status_code
        finally:
            api.http.headers["authorization"] = f"Bearer {api.secret}"

    meeting = await api.meeting()
    assert await status(None) == 401
    assert await status("v100_wrong") == 401
    assert await status(api.key("read", "ingest")) == 403
    assert await status(api.key("metrics", session=meeting)) == 403
    assert await status(api.key("metrics")) == 200
    assert await status(api.key("admin")) == 200
    for path in ("/v1/meetings", f"/v1/meetings/{meeting}"):
        headers = {"authorization": f"Bearer {api.key('metrics')}"}
        assert (await api.http.get(path, headers=headers)).status_code == 403, "and nothing else"


async def test_without_keys_no_page_from_elsewhere_reads_the_counters(folder: Path):
    async with running(folder, keys=False) as api:
        assert (await api.http.get("/metrics")).status_code == 200
        for foreign in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
            assert (await api.http.get("/metrics", headers=foreign)).status_code == 403


async def test_an_operators_questions_have_answers(api: Api):
    meeting = await api.meeting()
    made = await api.http.post("/v1/webhooks", json={"url": "https://192.0.2.1/x"})
    assert made.status_code == 422, "no network that may be sent to"
    await api.say(meeting, "hello")
    found = await counted(api)
    (one,) = found["v100_build_info"]
    assert one[0]["version"]
    assert one[0]["database"] == "sqlite"
    for name in (
        "process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total",
        "v100_database_commit_seconds_count", "v100_sessions", "v100_sources_limit",
    ):  # fmt: skip
        assert found[name][0][1] > 0, name
    for name in (
        "v100_database_outage", "v100_database_failures_total", "v100_leases_lost_total",
        "v100_takeovers_total", "v100_sources_running", "v100_draining",
    ):  # fmt: skip
        assert found[name][0][1] == 0, name
    parts = {labels["part"]: size for labels, size in found["v100_database_bytes"]}
    assert parts["database"] > 0
    assert parts["wal"] > 0
    buckets = [value for _, value in found["v100_database_commit_seconds_bucket"]]
    assert buckets == sorted(buckets)
    assert buckets[-1] == found["v100_database_commit_seconds_count"][0][1]


async def test_what_waits_for_an_endpoint_is_told_with_its_age(folder: Path):
    async with running(folder, allow_private=True) as api:
        url = f"http://127.0.0.1:{_free()}/"
        answer = await api.http.post("/v1/webhooks", json={"url": url})
        assert answer.status_code == 201, answer.text
        endpoint = answer.json()["id"]
        meeting = await api.meeting(ai={"webhook": url, "active_speaker": True})
        await api.say(meeting, "hello")
        created = (await api.http.get(f"/v1/meetings/{meeting}/events")).json()["events"][0]["time"]
        found = await counted(api)
        waiting = {each["endpoint"]: value for each, value in found["v100_webhook_pending"]}
        assert waiting.keys() == {endpoint, "session"}
        assert min(waiting.values()) >= 1, (created, waiting)
        ages = {each["endpoint"]: value for each, value in found["v100_webhook_oldest_seconds"]}
        assert all(0 <= age < 60 for age in ages.values())


async def test_no_counter_falls_whatever_goes(folder: Path):
    """Prometheus takes one that falls for a process that began anew: all of it counts again."""
    async with running(folder, allow_private=True) as api:

        async def grown(before: dict[str, float]) -> dict[str, float]:
            text = (await api.http.get("/metrics")).text
            ends = ("_total", "_count", "_sum", "_bucket")
            now = {
                f"{sample.name}{sorted(sample.labels.items())}": sample.value
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if family.type in {"counter", "histogram"} and sample.name.endswith(ends)
            }
            assert before.keys() <= now.keys()
            assert {name: now[name] for name, value in before.items() if now[name] < value} == {}
            return now

        url = f"http://127.0.0.1:{_free()}/"
        endpoint = (await api.http.post("/v1/webhooks", json={"url": url})).json()["id"]
        ended, removed = await api.meeting(), await api.meeting()
        for meeting in (ended, removed):
            await api.say(meeting, "I will send it by Friday.", "What is it?")
            level = {"participant": "alice", "level": -20}
            told = await api.http.post(f"/v1/meetings/{meeting}/levels", json=level)
            assert told.status_code == 202
        before = await grown({})
        heard = "v100_events_counted_total[('room', 'active_speaker'), ('what', 'heard')]"
        assert before[heard] == 2
        await api.http.post(f"/v1/meetings/{ended}/end")
        before = await grown(before)
        await api.http.delete(f"/v1/meetings/{removed}")
        before = await grown(before)
        await api.http.delete(f"/v1/webhooks/{endpoint}")
        before = await grown(before)
        await api.say(await api.meeting(), "Hello.")
        assert (await grown(before))[heard] == 2


async def test_nobody_who_takes_part_is_a_label(api: Api):
    meeting = await api.meeting()
    live = api.service.hub.live[meeting]
    live.session.counts["source/sarah@example.com"] = {"analysed": 5, "lag": 9.5}
    text = (await api.http.get("/metrics")).text
    assert "sarah" not in text
    found = samples(text)
    behind = {labels["what"]: value for labels, value in found["v100_events_now"]}
    assert behind["lag"] == 9.5
    assert found["v100_source_lag_seconds"][0][1] == 9.5


def test_the_counters_may_have_an_address_of_their_own(tmp_path: Path):
    port = _free()
    with Server(folder=tmp_path, metrics_port=port) as server:
        main, server.url = server.url, f"http://127.0.0.1:{port}"
        assert "v100_build_info" in server.text("/metrics")
        assert "ready" in server.text("/readyz")
        with pytest.raises(Exception, match="404"):
            server.text("/v1/meetings")
        server.url = main
        assert server.stop() == 0


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def expressions(found: object) -> Iterable[str]:
    """Every query in a dashboard or a file of rules."""
    if isinstance(found, dict):
        if isinstance(found.get("expr"), str):
            yield found["expr"]
        for each in found.values():
            yield from expressions(each)
    elif isinstance(found, list):
        for each in found:
            yield from expressions(each)


async def names(api: Api) -> set[str]:
    """Every name there is, also of what has no value yet."""
    text = (await api.http.get("/metrics")).text
    found = set(samples(text))
    for family in text_string_to_metric_families(text):
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        found |= {family.name + end for end in ends.get(family.type, ("",))}
    # Only where there is Redis.
    return found | {"v100_redis_connected", "v100_bus_dropped_total"}


async def test_the_dashboard_shows_only_what_there_is(api: Api):
    asked = list(expressions(json.loads((DOCS / "grafana.json").read_text())))
    assert len(asked) >= 20
    used = {name for each in asked for name in WORDS.findall(each)}
    assert used <= await names(api)


async def test_the_alerts_watch_only_what_there_is(api: Api):
    rules = re.findall(r"^ +expr: (.+)$", (DOCS / "alerts.yml").read_text(), re.MULTILINE)
    assert len(rules) >= 15
    used = {name for each in rules for name in WORDS.findall(each)}
    assert used <= await names(api)


async def test_every_metric_stands_in_the_docs(api: Api):
    page = (DOCS / "operation.md").read_text()
    told = set(re.findall(r"`((?:v100|process)_[a-z0-9_]+)`", page))
    text = (await api.http.get("/metrics")).text
    ends = {"counter": "_total", "info": "_info"}
    there = {
        family.name + ends.get(family.type, "") for family in text_string_to_metric_families(text)
    }
    own = {name for name in there if name.startswith("v100_") and not name.endswith("_created")}
    assert own <= told, own - told
    assert told <= await names(api) | there, "and none that is not there"
