"""The dashboard in Chromium, on the service itself: every view, and what stands there when there is nothing or no service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Response, expect

from tests.api.running import Api, running

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = {
    "": "Live",
    "alarms": "Alarms",
    "clips": "Clips",
    "begin": "Start",
    "webhooks": "Webhooks",
    "keys": "Keys",
    "server": "Server",
}
HOSTILE = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>\"'`${1}&amp;"
WAIT = 30_000
"""Milliseconds that a browser beside busy neighbours may take."""


@asynccontextmanager
async def opened(
    browser: Browser, api: Api, *, key: bool = True, width: int = 1280, **more: Any
) -> AsyncIterator[Page]:
    """A page of the dashboard, signed in. It asks no other host, and its console says nothing."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, **more)
    page = await context.new_page()
    page.set_default_timeout(WAIT)
    wrong: list[str] = []
    origin = f"http://127.0.0.1:{api.port}/"
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def answered(answer: Response) -> None:
        if not answer.url.startswith((origin, "blob:")):
            wrong.append(answer.url)

    page.on("response", answered)
    if key:
        headers = {"authorization": f"Bearer {api.secret}"}
        assert (await context.request.post(f"{origin}v1/sign-in", headers=headers)).status == 201
    await page.goto(origin)
    yield page
    assert wrong == []
    assert await page.evaluate("window.hurt") is None
    await context.close()


async def go(page: Page, api: Api, *parts: str) -> None:
    await page.goto(f"http://127.0.0.1:{api.port}/#/{'/'.join(parts)}")


async def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    await page.evaluate(AXE.read_text() + "\n;null")
    found = await page.evaluate("axe.run()")
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']][:2]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


async def test_a_browser_signs_in_once_and_no_script_reads_the_key(browser: Browser, api: Api):
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{api.port}/")
    await page.get_by_label("Key").fill("v100_wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("expected a key", timeout=WAIT)
    await page.get_by_label("Key").fill(api.secret)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Live")).to_be_visible(timeout=WAIT)
    assert api.secret not in await page.evaluate(
        "document.cookie + JSON.stringify({...localStorage, ...sessionStorage})"
    )
    await page.reload()
    await expect(page.get_by_role("heading", name="Live")).to_be_visible(timeout=WAIT)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Key")).to_be_visible(timeout=WAIT)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_view_is_there_empty_and_open_to_everybody(
    browser: Browser, folder_api: Api, scheme: Any
):
    async with opened(browser, folder_api, color_scheme=scheme) as page:
        for path, name in VIEWS.items():
            await go(page, folder_api, path)
            await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(
                timeout=WAIT
            )
            await expect(page.get_by_text("Loading…")).to_have_count(0, timeout=WAIT)
            assert await serious(page) == []
        assert await page.get_by_role("link", name="Start something").count() == 0


@pytest.fixture(scope="module")
async def folder_api(tmp_path_factory: pytest.TempPathFactory, built: Path) -> AsyncIterator[Api]:
    """A service in which nothing ever ran."""
    async with running(tmp_path_factory.mktemp("empty")) as api:
        yield api


async def test_what_a_meeting_says_stands_in_its_page_as_it_happens(browser: Browser, api: Api):
    meeting = await api.meeting(name=HOSTILE)
    async with opened(browser, api) as page:
        await expect(page.get_by_text(HOSTILE)).to_be_visible(timeout=WAIT)
        await go(page, api, "meetings", meeting)
        await expect(page.get_by_text("Nobody is here yet")).to_be_visible(timeout=WAIT)
        await api.say(
            meeting, HOSTILE, "I'll send the slides by Friday.", "We're going with plan B."
        )
        transcript = page.get_by_role("region", name="Transcript")
        await expect(transcript.get_by_text(HOSTILE)).to_be_visible(timeout=WAIT)
        levels = [
            {"participant": who, "level": level, "at": n / 10}
            for n in range(40)
            for who, level in (("alice", -20), ("bob", -80))
        ]
        answer = await api.http.post(f"/v1/meetings/{meeting}/levels", json=levels)
        assert answer.status_code == 202
        await expect(page.get_by_text("alice speaks")).to_be_visible(timeout=WAIT)
        await api.http.post(f"/v1/meetings/{meeting}/end")
        await expect(page.get_by_text("ended: ended")).to_be_visible(timeout=WAIT)
        await expect(page.get_by_role("heading", name="Highlights")).to_be_visible(timeout=WAIT)
        assert await serious(page) == []


async def test_a_narrow_page_does_not_scroll_sideways(browser: Browser, api: Api):
    meeting = await api.meeting(name="W" * 180)
    await api.say(meeting, "x" * 400)
    async with opened(browser, api, width=360) as page:
        for path in (*VIEWS, f"meetings/{meeting}"):
            await go(page, api, path)
            await expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path


async def test_keys_and_webhooks_are_made_in_the_page(browser: Browser, api: Api):
    async with opened(browser, api) as page:
        await go(page, api, "keys")
        await page.get_by_role("textbox", name="Name").fill(HOSTILE)
        await page.get_by_role("button", name="Make a key").click()
        await expect(page.get_by_role("status")).to_contain_text("v100_", timeout=WAIT)
        await expect(page.get_by_role("cell", name=HOSTILE, exact=True)).to_be_visible(timeout=WAIT)
        await go(page, api, "webhooks")
        await page.get_by_label("URL").fill("https://hooks.invalid/hook")
        await page.get_by_role("button", name="Add").click()
        await expect(page.get_by_role("status")).to_contain_text("whsec_", timeout=WAIT)
        await page.get_by_role("button", name="Test", exact=True).click()
        await page.get_by_role("button", name="Deliveries").click()
        await expect(page.get_by_role("heading", name="Deliveries")).to_be_visible(timeout=WAIT)


async def test_a_service_that_is_gone_is_said_to_be_and_comes_back(
    browser: Browser, tmp_path: Path, built: Path
):
    async with running(tmp_path) as api:
        context = await browser.new_context()
        page = await context.new_page()
        headers = {"authorization": f"Bearer {api.secret}"}
        await context.request.post(f"http://127.0.0.1:{api.port}/v1/sign-in", headers=headers)
        await page.goto(f"http://127.0.0.1:{api.port}/")
        await expect(page.get_by_role("heading", name="Live")).to_be_visible(timeout=WAIT)
        await context.set_offline(offline=True)
        await expect(page.get_by_text("Disconnected")).to_be_visible(timeout=WAIT)
        await context.set_offline(offline=False)
        await expect(page.get_by_text("Disconnected")).to_have_count(0, timeout=WAIT)
        await context.close()


async def test_a_reader_sees_and_changes_nothing(browser: Browser, api: Api):
    meeting = await api.meeting(name="Review")
    context = await browser.new_context()
    page = await context.new_page()
    headers = {"authorization": f"Bearer {api.key('read')}"}
    await context.request.post(f"http://127.0.0.1:{api.port}/v1/sign-in", headers=headers)
    await page.goto(f"http://127.0.0.1:{api.port}/#/meetings/{meeting}")
    await expect(page.get_by_role("heading", name="Review")).to_be_visible(timeout=WAIT)
    assert await page.get_by_role("link", name="Keys").count() == 0
    assert await page.get_by_role("button", name="Delete").count() == 0
    await context.close()
