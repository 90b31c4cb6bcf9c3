"""What the dashboard consists of: small, of one origin, and the licences of what is in it."""

import gzip
import re
from pathlib import Path


def test_the_scripts_are_small_and_bring_no_map_of_themselves(built: Path):
    scripts = list((built / "assets").glob("*.js"))
    assert 0 < sum(len(gzip.compress(each.read_bytes())) for each in scripts) <= 90_000
    assert not list(built.rglob("*.map"))


def test_the_page_asks_no_other_host(built: Path):
    page = (built / "index.html").read_text()
    assert re.findall(r'(?:src|href)="(?!/assets/)', page) == []
    assert all("@import" not in each.read_text() for each in built.rglob("*.css"))


def test_licences_of_what_is_in_it_go_with_it(built: Path):
    told = (built / "licences.md").read_text()
    assert all(name in told for name in ("preact", "uplot", "@preact/signals"))
