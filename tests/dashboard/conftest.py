from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from playwright.async_api import Browser, async_playwright

from tests.api.running import Api, running
from tests.programs import LEFT_OUT, STRICT
from tests.report.browser import found

ASSETS = Path(__file__).parents[2] / "python" / "v100_ai" / "api" / "assets"


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="package", autouse=True)
def quiet() -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
    )


@pytest.fixture(scope="package")
def built() -> Path:
    """The dashboard as it was built; without it the test is left out, or fails where that is asked."""
    if not (ASSETS / "index.html").is_file():
        reason = "the dashboard is not built. Build it with: scripts/dashboard"
        if STRICT:
            pytest.fail(reason)
        pytest.skip(LEFT_OUT + reason)
    return ASSETS


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory, built: Path) -> AsyncIterator[Api]:
    """A service with keys, for all tests of a file."""
    async with running(tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture(scope="module")
async def browser(built: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found(), args=["--no-sandbox"])
        yield browser
        await browser.close()
