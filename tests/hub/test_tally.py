"""Counters of what comes and goes: they never fall, and nothing is counted twice."""

from collections.abc import Mapping

from hypothesis import given, strategies as st

from v100_ai.hub.tally import Tally

KEYS = ("s1", "s2", "s3")
DONE = st.tuples(
    st.sampled_from(["begin", "end", "look", "count"]),
    st.sampled_from(KEYS),
    st.integers(0, 5),
)


@given(st.lists(DONE, max_size=60))
def test_a_sum_is_of_all_that_was_counted_here_and_never_falls(done: list[tuple[str, str, int]]):
    tally = Tally()
    now = dict.fromkeys(KEYS, 7.0)
    begun: set[str] = set()
    expected = last = 0.0
    for what, key, more in done:
        if what == "begin":
            begun.add(key)

            def read(key: str = key) -> Mapping[str, Mapping[str, float | None]]:
                return {f"layer/{key}": {"heard": now[key], "unknown": None}}

            tally.begin(key, read)
        elif what == "end":
            begun.discard(key)
            tally.end(key)
        elif what == "count":
            now[key] += more
            expected += more if key in begun else 0
        total = tally.sums().get("layer", {}).get("heard", 0.0)
        assert total == expected >= last
        last = total


def test_what_begins_anew_amid_a_session_is_added_and_takes_nothing_off():
    tally, counts = Tally(), {"layer": {"heard": 0.0}}
    tally.begin("s", lambda: counts)
    counts["layer"]["heard"] = 5.0
    assert tally.sums() == {"layer": {"heard": 5.0}}
    counts["layer"]["heard"] = 0.0
    assert tally.sums() == {"layer": {"heard": 5.0}}
    counts["layer"]["heard"] = 2.0
    tally.end("s")
    assert tally.sums() == {"layer": {"heard": 7.0}}


def test_what_goes_up_and_down_is_of_those_that_are_here():
    tally = Tally(frozenset({("source", "lag")}))
    for key in KEYS:
        tally.begin(key, lambda: {"source": {"lag": 1.5, "analysed": 3}})
    assert tally.now() == {"source": {"lag": 4.5}}
    tally.end("s1")
    assert tally.now() == {"source": {"lag": 3.0}}
    assert tally.sums() == {"source": {"analysed": 0.0}}
