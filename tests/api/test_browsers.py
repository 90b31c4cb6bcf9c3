"""What pages of other sites may do, and what a browser opens without a header of its own."""

import re
from pathlib import Path

import httpx2
import pytest

from tests.api.running import Api, running
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected

pytestmark = pytest.mark.anyio

APP = "https://app.example.org"
ASKED = {
    "origin": APP,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type, idempotency-key",
}


async def test_a_page_of_an_origin_that_is_listed_uses_the_api(folder: Path):
    async with running(folder, origins=[APP]) as api:
        asked = await api.http.options("/v1/meetings", headers=ASKED)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == APP
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in asked.headers
        made = await api.http.post("/v1/meetings", json={"name": "n"}, headers={"origin": APP})
        assert made.status_code == 201
        assert made.headers["access-control-allow-origin"] == APP
        assert "x-request-id" in made.headers["access-control-expose-headers"].lower()
        # It has to be able to read why it was refused.
        refused = await api.http.post("/v1/meetings", json={}, headers={"origin": APP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (422, APP)


async def test_a_page_of_another_origin_reads_nothing(folder: Path):
    async with running(folder, origins=[APP]) as api:
        for other in (
            "https://evil.example",
            f"{APP}.evil.example",
            "http://app.example.org",
            "null",
        ):
            asked = await api.http.options("/v1/meetings", headers=ASKED | {"origin": other})
            assert "access-control-allow-origin" not in asked.headers
            answer = await api.http.get("/v1/meetings", headers={"origin": other})
            assert "access-control-allow-origin" not in answer.headers


async def test_without_the_setting_there_is_no_such_thing(api: Api):
    asked = await api.http.options("/v1/meetings", headers=ASKED)
    assert asked.status_code == 405
    answer = await api.http.get("/v1/meetings", headers={"origin": APP})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("origins", "status"), [([APP], 200), (["*"], 403), ([], 403)])
async def test_without_keys_only_a_page_that_is_named_may_do_anything(
    folder: Path, origins, status
):
    async with running(folder, keys=False, origins=origins) as api:
        answer = await api.http.get("/v1/meetings", headers={"origin": APP})
        assert answer.status_code == status


@pytest.mark.parametrize("given", ["app.example.org", "https://a.example/path", "https://", "a b"])
def test_what_is_no_origin_is_told(given: str):
    with pytest.raises(SettingRejected, match="expected origins such as"):
        Settings.read(None, origins=[given])


def test_a_variable_lists_origins_with_commas(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("V100_ORIGINS", f"{APP}, http://localhost:5173")
    assert Settings.read(None).origins == (APP, "http://localhost:5173")


async def ticket(api: Api, meeting: str) -> str:
    answer = await api.http.post(f"/v1/meetings/{meeting}/tickets")
    return str(answer.json()["ticket"])


@pytest.mark.parametrize("end", ["", ".json", ".parquet"])
async def test_a_report_opens_in_a_tab_by_a_ticket_once(api: Api, end: str):
    meeting = await api.meeting()
    other = await api.meeting()
    await api.say(meeting, "hello")
    url = f"http://127.0.0.1:{api.port}/v1/meetings"
    async with httpx2.AsyncClient(trust_env=False) as tab:
        found = await ticket(api, meeting)
        path = f"{url}/{meeting}/report{end}"
        assert (await tab.get(path)).status_code == 401
        opened = await tab.get(path, params={"ticket": found})
        assert opened.status_code == 200
        if not end:
            assert opened.headers["referrer-policy"] == "no-referrer"
            assert found not in opened.text
        assert (await tab.get(path, params={"ticket": found})).status_code == 401, "once"
        elsewhere = await ticket(api, meeting)
        answer = await tab.get(f"{url}/{other}/report{end}", params={"ticket": elsewhere})
        assert answer.status_code == 404, "of its own session"
        person = await api.http.post("/v1/people/anna@example.org/tickets")
        answer = await tab.get(path, params={"ticket": person.json()["ticket"]})
        assert answer.status_code == 404, "and not of a person's channel"


async def test_a_ticket_opens_nothing_else(api: Api):
    meeting = await api.meeting()
    url = f"http://127.0.0.1:{api.port}/v1/meetings/{meeting}"
    async with httpx2.AsyncClient(trust_env=False) as tab:
        for path in ("", "/events", "/state", "/participants"):
            found = await ticket(api, meeting)
            answer = await tab.get(url + path, params={"ticket": found})
            assert answer.status_code == 401, path
            assert not re.search(found, answer.text)
