from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tests.delivery.memory import delivery
from v100_ai.delivery.answer import LONGEST_WAIT, Answer, answer
from v100_ai.delivery.schedule import DELAYS, LONGEST_SPREAD, attempt

BROKEN = Answer(reason="connection", error="no connection")
chances = st.floats(0, 1)


@given(st.lists(chances, min_size=len(DELAYS), max_size=len(DELAYS)))
def test_ten_attempts_within_76_hours_and_not_before_75(chosen: list[float]):
    now, each = 0.0, delivery(1, "a")
    for number, chance in enumerate(chosen):
        found = attempt(replace(each, attempts=number), BROKEN, now=now, chance=chance)
        assert found.state == "pending"
        late = found.due - now - DELAYS[number]
        assert -1e-6 <= late <= min(0.2 * DELAYS[number], LONGEST_SPREAD) + 1e-6
        now = found.due
    assert 75 * 3600 < now < 76 * 3600
    last = attempt(replace(each, attempts=len(DELAYS)), BROKEN, now=now, chance=0.0)
    assert (last.state, last.error) == ("dead", "no connection")


def test_the_schedule_is_that_of_the_specification():
    minute, hour = 60, 3600
    hours = [each / hour for each in DELAYS[3:]]
    assert list(DELAYS[:3]) == [5, 5 * minute, 30 * minute]
    assert hours == [2, 5, 10, 14, 20, 24]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int):
    found = attempt(delivery(1, "a"), answer(status, None, now=0), now=7.0, chance=1.0)
    assert (found.state, found.status, found.error) == ("delivered", status, None)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *((each, "redirect") for each in (301, 304, 307, 308)),
        *((each, "status") for each in (101, 400, 404, 500)),
        *((each, "busy") for each in (429, 502, 503, 504)),
    ],
)
def test_everything_else_is_tried_again(status: int, reason: str):
    told = answer(status, "600", now=0)
    assert told.reason == reason
    found = attempt(delivery(1, "a"), told, now=0.0, chance=0.0)
    assert (found.state, found.status) == ("pending", status)
    assert found.due == (600.0 if reason == "busy" else 5.0)


def test_410_is_the_end():
    found = attempt(delivery(1, "a"), answer(410, None, now=0), now=0.0, chance=0.0)
    assert found.state == "dead"


@pytest.mark.parametrize("text", ["Fri, 31 Dec 9999 23:59:59 GMT", "9" * 400])
def test_however_long_a_receiver_asks_to_wait_it_is_bounded(text: str):
    assert answer(503, text, now=1_800_000_000.0).wait == LONGEST_WAIT
