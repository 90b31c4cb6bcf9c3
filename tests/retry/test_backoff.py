from hypothesis import given, strategies as st

from v100_ai.retry import Backoff


@given(st.lists(st.floats(0, 1), max_size=80))
def test_waits_double_up_to_the_longest_and_chance_cuts_at_most_half(chances: list[float]):
    backoff = Backoff(0.5, 30.0)
    full = [min(30.0, 0.5 * 2.0**n) for n in range(len(chances))]
    waits = [backoff.wait(chance) for chance in chances]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, full, strict=True))


def test_after_a_success_the_next_wait_is_the_first():
    backoff = Backoff(1.0, 60.0)
    assert [backoff.wait() for _ in range(3)] == [1.0, 2.0, 4.0]
    backoff.reset()
    assert backoff.wait() == 1.0
