import pytest
from hypothesis import given, strategies as st

from v100_ai.errors import SettingRejected
from v100_ai.worker.messages import Died, Ended, Last, Refused
from v100_ai.worker.policy import Policy, Restart, Restarts

DIED = Died(cause="signal", detail="Killed")
LOST = Refused(error="SourceLost", message="gone")
TORN = Ended(broken="ends after 3 of 9 frames")


@pytest.mark.parametrize(
    ("restart", "last", "live", "again"),
    [
        ("never", DIED, True, False),
        ("never", LOST, False, False),
        ("on_error", DIED, False, True),
        ("on_error", LOST, True, True),
        ("on_error", Ended(), True, False),
        ("on_error", TORN, True, False),
        ("on_error", TORN, False, True),
        ("always", Ended(), True, True),
        ("always", Ended(), False, True),
        ("always", Refused(error="AddressRefused", message="private"), True, False),
        ("always", Refused(error="UnknownLayer", message="smell"), True, False),
    ],
)
def test_a_policy_says_what_is_tried_again(restart: Restart, last: Last, live, again):
    assert Policy(restart=restart).restarts(last, live=live) is again


@given(st.lists(st.floats(0, 59), max_size=80), st.floats(0, 1))
def test_waits_double_up_to_their_bound_and_never_leave_it(runs: list[float], jitter: float):
    policy = Policy(first=0.5, most=30.0)
    backoff = Restarts(policy, lambda: jitter)
    waits = [backoff.wait(ran) for ran in runs]
    assert all(0.25 <= wait <= 30.0 for wait in waits)
    assert waits == sorted(waits)
    assert waits[7:] == [30.0 * (0.5 + jitter / 2)] * len(waits[7:])


def test_good_running_makes_the_next_wait_the_first_again():
    backoff = Restarts(Policy(first=1.0, steady=60.0), lambda: 1.0)
    assert [backoff.wait(0.0) for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    assert [backoff.wait(61.0), backoff.wait(0.0)] == [1.0, 2.0]


def test_what_can_be_read_again_is_given_up_and_what_is_live_is_not():
    backoff = Restarts(Policy(attempts=3), lambda: 1.0)
    for _ in range(3):
        assert not backoff.exhausted(live=False)
        backoff.wait(0.0)
    assert backoff.exhausted(live=False)
    assert not backoff.exhausted(live=True)
    backoff.moved()
    assert not backoff.exhausted(live=False)


def test_waits_that_fall_are_refused():
    with pytest.raises(SettingRejected):
        Policy(first=10.0, most=1.0)
