"""A real browser without a window, to look at pages with."""

import re
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--window-size=1400,1400",
)


def dom(page: Path, profile: Path) -> str:
    """The page's document after its script has run."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    assert browser, "no Chromium to look at the report with: apt-get install chromium"
    ran = subprocess.run(
        [browser, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=50,
        text=True,
    )
    return ran.stdout


def facts(document: str) -> dict[str, str]:
    """What the script says it drew: the data attributes of the root element."""
    root = re.search(r"<html[^>]*>", document)
    assert root
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', root[0]))
