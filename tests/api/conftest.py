from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.api.running import Api, running


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """A service with keys, for all tests of a file: each makes sessions of its own."""
    async with running(tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(scope="package", autouse=True)
def quiet() -> None:
    """Log lines go nowhere, unless a test looks at them."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
    )
