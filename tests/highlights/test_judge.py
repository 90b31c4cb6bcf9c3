"""When Claude is asked, what it costs, and when the rules take over."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.highlights.said import say
from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.claude.call import NoAnswer, Reply
from v100_ai.highlights.claude.cost import Meter, Usage
from v100_ai.highlights.claude.judge import Judge
from v100_ai.highlights.claude.prompt import Context
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.window import Batch

CONTEXT = Context(
    roster=Roster(), present=frozenset(), summary="", open_questions=[], noted=[], earlier=[]
)
BATCH = Batch(0, 0, tuple(say(("A", "We go with the blue one."))), closed=60.0)
GOOD = json.dumps({"highlights": [], "updates": [], "summary": "So far."})
USAGE = Usage(fresh=1_000, output=50)


def judge(
    *answers: str | NoAnswer, clock: Any = lambda: 0.0, **settings: Any
) -> tuple[Judge, list[object]]:
    asked: list[object] = []
    coming = iter(answers)

    async def ask(body: dict[str, Any]) -> Reply:
        asked.append(body)
        answer = next(coming)
        if isinstance(answer, NoAnswer):
            raise answer
        return Reply(answer, USAGE)

    return Judge(ask=ask, breaker=Breaker(failures=2, rest=30.0), clock=clock, **settings), asked


@pytest.mark.anyio
async def test_an_answer_of_the_agreed_shape_is_believed_and_counted():
    one, _ = judge(GOOD)
    verdict = await one(BATCH, CONTEXT)
    assert verdict is not None
    assert verdict.summary == "So far."
    assert one.meter.tokens == {"input": 1_000, "cached": 0, "output": 50}


@pytest.mark.anyio
async def test_prose_is_left_to_the_rules_but_paid_for():
    one, _ = judge("Sure! Here are your highlights.")
    assert await one(BATCH, CONTEXT) is None
    assert one.failures == {"reply rejected": 1}
    assert one.meter.calls == 1


@pytest.mark.anyio
async def test_after_failures_in_a_row_nobody_is_asked_until_the_rest_is_over():
    now = [0.0]
    one, asked = judge(
        NoAnswer("status 529"), NoAnswer("status 529"), GOOD, GOOD, clock=lambda: now[0]
    )
    for _ in range(4):
        assert await one(BATCH, CONTEXT) is None
    assert len(asked) == 2
    now[0] = 30.0
    assert await one(BATCH, CONTEXT) is not None
    assert await one(BATCH, CONTEXT) is not None


@pytest.mark.anyio
async def test_a_refused_key_is_not_tried_at_every_batch():
    one, asked = judge(NoAnswer("status 401", rest=300.0), clock=lambda: 1.0)
    for _ in range(10):
        await one(BATCH, CONTEXT)
    assert len(asked) == 1


@pytest.mark.anyio
async def test_a_meeting_that_has_spent_its_hour_goes_on_by_the_rules():
    one, asked = judge(*[GOOD] * 9, meter=Meter("claude-haiku-5-5", dollars_an_hour=0.001))
    for _ in range(9):
        await one(BATCH, CONTEXT)
    assert len(asked) == 2
    assert one.failures == {"cost cap": 7}


@pytest.mark.anyio
async def test_a_reply_cut_short_is_paid_for_too():
    one, _ = judge(NoAnswer("max_tokens", usage=USAGE))
    await one(BATCH, CONTEXT)
    assert one.meter.tokens["output"] == 50


def test_a_breaker_lets_one_trial_through_each_rest():
    breaker = Breaker(failures=1, rest=10.0, longest=10.0)
    breaker.failed(0.0)
    assert [breaker.takes(now) for now in (1.0, 10.0, 10.5, 20.5)] == [False, True, False, True]
    breaker.succeeded()
    assert breaker.takes(20.6)


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(fresh=1_000_000), 0.10),
        (Usage(output=1_000_000), 0.50),
        (Usage(cache_read=1_000_000), 0.01),
        (Usage(cache_written_5m=1_000_000), 0.125),
        (Usage(cache_written_1h=1_000_000), 0.20),
    ],
)
def test_tokens_cost_what_the_price_page_says(usage: Usage, dollars: float):
    assert usage.dollars("claude-haiku-5-5") == pytest.approx(dollars)


def test_a_model_without_a_listed_price_counts_as_the_dearest():
    assert Usage(fresh=1_000_000).dollars("claude-next") == pytest.approx(1.0)


def test_usage_that_is_missing_or_nonsense_counts_as_nothing():
    assert Usage.of(None) == Usage()
    assert Usage.of(SimpleNamespace(input_tokens="many", output_tokens=-3)) == Usage()


def test_an_ordinary_hour_stays_under_its_cap():
    meter = Meter("claude-haiku-5-5")
    for number in range(300):
        assert meter.allows(number * 12.0)
        meter.add(Usage(fresh=2_500, cache_read=1_500, output=120))
    assert meter.dollars < 0.13
