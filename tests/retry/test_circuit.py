from hypothesis import given, strategies as st

from v100_ai.retry import Circuit


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit(failures=3, rest=1.0, longest=30.0)
    for _ in range(3):
        circuit.failed(now)
    return circuit


def test_it_opens_after_failures_in_a_row_only():
    circuit = Circuit(failures=3)
    opens = []
    for failed in (True, True, False, True, True, True):
        circuit.failed(0.0) if failed else circuit.succeeded()
        opens.append(circuit.open)
    assert opens == [False] * 5 + [True]
    assert not circuit.admits(0.0)


def test_each_failed_probe_doubles_the_rest_up_to_the_longest():
    circuit, now, rests = opened(), 0.0, []
    for _ in range(7):
        rests.append(circuit.until - now)
        now = circuit.until
        assert circuit.admits(now)
        circuit.failed(now)
    assert rests == [1, 2, 4, 8, 16, 30, 30]


def test_one_success_closes_it():
    circuit = opened()
    circuit.succeeded()
    assert circuit.admits(0.0)
    assert circuit.faultless
    assert circuit.failing(100.0) == 0.0


def test_a_receiver_that_asks_for_rest_gets_it_at_once():
    circuit = Circuit()
    circuit.failed(10.0, wait=600.0)
    assert circuit.open
    assert not circuit.admits(609.9)
    assert circuit.admits(610.0)


def test_it_tells_for_how_long_nothing_succeeded():
    circuit = Circuit()
    circuit.failed(10.0)
    circuit.failed(20.0)
    assert circuit.failing(110.0) == 100.0


@given(st.integers(0, 5000))
def test_however_often_it_failed_the_rest_is_bounded(times: int):
    circuit = Circuit()
    for _ in range(times):
        circuit.failed(0.0)
    assert circuit.until <= circuit.longest


def test_while_open_each_yes_is_the_one_probe_of_its_rest():
    circuit = Circuit(failures=1, rest=10.0, longest=10.0)
    circuit.failed(0.0)
    assert [circuit.takes(now) for now in (1.0, 10.0, 10.5, 20.5)] == [False, True, False, True]
    circuit.succeeded()
    assert circuit.takes(20.6)
