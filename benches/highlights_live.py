"""How good, how fast and how dear the highlights are with Claude itself. Costs money: it never runs by itself.

ANTHROPIC_API_KEY=... python benches/highlights_live.py SCORER [ARGUMENT...]

SCORER is a Python program that scores the rules by running `v100 highlights IN --engine rules --json OUT` for each
meeting and takes what to run instead of `v100` as `--command`. It is run as it is, with this file as that command, which
passes everything on with `--engine claude`. Its own figures (F1 and the like) come out unchanged; below them: how long
answers took, what was settled by the rules because none came, tokens, and dollars by the prices in `claude/cost.py`.

An hour of meeting is about 250 questions and 0.1 to 0.15 dollars with Claude Haiku 5.5: an estimate, for nobody has
run this with a key yet. Start with one meeting.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from v100_ai.cli import main as v100
from v100_ai.highlights.claude import replay
from v100_ai.highlights.claude.call import Call, NoAnswer, Reply

KEY: Final = "ANTHROPIC_API_KEY"
CALLS: Final = "V100_BENCH_CALLS"
"""Where each question is written down, one line of JSON each."""


class Timed(Call):
    """Asks as ever, and writes down how it went."""

    async def __call__(self, request: dict[str, Any]) -> Reply:
        told: dict[str, Any] = {"why": None}
        usage, begun = None, time.perf_counter()
        try:
            reply = await super().__call__(request)
            usage = reply.usage
        except NoAnswer as failure:
            told["why"], usage = failure.reason, failure.usage
            raise
        else:
            return reply
        finally:
            told["seconds"] = time.perf_counter() - begun
            if usage is not None:
                told["tokens"] = {
                    "fresh": usage.fresh,
                    "written": usage.cache_written_5m + usage.cache_written_1h,
                    "read": usage.cache_read,
                    "output": usage.output,
                }
                told["dollars"] = usage.dollars(request["model"])
            note(told)


def note(told: dict[str, Any]) -> None:
    with Path(os.environ[CALLS]).open("a") as out:
        out.write(json.dumps(told) + "\n")


def stand_in(arguments: list[str]) -> int:
    """`v100 highlights`, with Claude."""
    replay.Call = Timed  # type: ignore[misc]
    return v100([*arguments, "--engine", "claude"])


def shown(calls: list[dict[str, Any]]) -> str:
    answered = sorted(each["seconds"] for each in calls if each["why"] is None)
    failed = Counter(each["why"] for each in calls if each["why"] is not None)
    tokens = Counter[str]()
    for each in calls:
        tokens.update(each.get("tokens", {}))
    lines = [f"questions {len(calls)}, answered {len(answered)}"]
    if answered:
        p50, p95 = (answered[int(len(answered) * share)] for share in (0.5, 0.95))
        lines.append(f"seconds to an answer: p50 {p50:.2f}, p95 {p95:.2f}, most {answered[-1]:.2f}")
    if failed:
        lines.append(
            "by the rules instead: " + ", ".join(f"{why} {n}" for why, n in failed.most_common())
        )
    lines.append("tokens: " + ", ".join(f"{name} {count}" for name, count in tokens.items()))
    lines.append(f"dollars: {sum(each.get('dollars', 0.0) for each in calls):.4f}")
    return "\n".join(lines)


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["highlights"]:
        return stand_in(arguments)
    if not arguments or not os.environ.get(KEY):
        print(f"expected a scorer, and a key in {KEY}; nothing was asked", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder, "calls.jsonl")
        calls.touch()
        command = f"{sys.executable} {Path(__file__).resolve()}"
        done = subprocess.run(
            [sys.executable, *arguments, "--command", command],
            env=os.environ | {CALLS: str(calls)},
            check=False,
        )
        print(shown([json.loads(line) for line in calls.read_text().splitlines()]))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
