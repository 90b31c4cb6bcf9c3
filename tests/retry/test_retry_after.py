from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given, strategies as st

from v100_ai.retry import retry_after


def test_retry_after_is_seconds_or_a_date():
    now = 1_800_000_000.0
    soon = format_datetime(datetime.fromtimestamp(now + 90, UTC), usegmt=True)
    past = format_datetime(datetime.fromtimestamp(now - 90, UTC), usegmt=True)
    assert retry_after("120", now=now) == 120.0
    assert retry_after(" 0 ", now=now) == 0.0
    assert retry_after(soon, now=now) == pytest.approx(90.0)
    assert retry_after(past, now=now) == 0.0


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "soon", "١٢", "Fri, 99 Foo 2026", "\x00", "1e9", "0x10"]
)
def test_a_retry_after_that_says_nothing_is_none(text: str):
    assert retry_after(text, now=0.0) is None


@given(st.text(max_size=40))
def test_no_retry_after_breaks(text: str):
    found = retry_after(text, now=1_800_000_000.0)
    assert found is None or found >= 0
