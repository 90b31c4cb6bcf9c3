# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Who holds the floor
#
# Load audio levels, move a threshold, and see the timeline and the false switches change. At the
# end the settings are written for the server to read.
#
# The levels here are made up: two people take turns, a third says "mm-hmm" and sits so near to the
# first that both microphones hear both. Put your own in `LEVELS`: a CSV of `at,participant,level`,
# seconds and dBov as in RFC 6464, in the order of arrival.

# %%
import csv
import math
from html import escape
from pathlib import Path

import v100_ai as v100
from v100_ai.director import Span, SpeakerSettings, Timeline

LEVELS: Path | None = None
SETTINGS = Path("speaker.toml")

# %%
TURNS = {
    "ana": [(1, 7), (14, 20), (27, 33)],
    "bo": [(7.3, 13.8), (20.2, 23), (23.8, 26.5), (33.4, 40)],
    "cy": [(3.0, 3.4), (10.0, 10.5), (16.2, 16.6), (23.3, 23.7), (36.0, 36.5)],
}
LEAK = {("ana", "cy"): 12.0, ("cy", "ana"): 12.0}


def voice(who: str, at: float) -> float:
    """The level of a participant's own voice: syllables while the turn lasts."""
    talks = any(start <= at < end for start, end in TURNS[who])
    return -31 + 8 * math.cos(at * 25) if talks else -90.0


def made_up() -> list[tuple[float, str, float]]:
    """Forty seconds of levels, every 20 ms."""
    levels = []
    for frame in range(2000):
        at = frame * 0.02
        own = {who: voice(who, at) for who in TURNS}
        for who in TURNS:
            leaks = [own[near] - loss for (near, to), loss in LEAK.items() if to == who]
            noise = -68 + frame * 7919 % 3
            levels.append(
                (at, who, max(own[who], noise, *leaks) if leaks else max(own[who], noise))
            )
    return levels


def loaded(path: Path) -> list[tuple[float, str, float]]:
    """Levels from a CSV with a header."""
    with path.open(newline="") as lines:
        rows = csv.DictReader(lines)
        return [(float(row["at"]), row["participant"], float(row["level"])) for row in rows]


levels = loaded(LEVELS) if LEVELS else made_up()
len(levels)

# %% [markdown]
# ## Run it
#
# The floor and the talk are two outputs. A hold of the floor shorter than a second is the mark of a
# false switch; with turns known, as here, a switch to somebody without one is.


# %%
def run(settings: SpeakerSettings) -> tuple[list[tuple[str, Span]], Timeline]:
    """Who held the floor when, and who talked when."""
    speaker, talk = v100.ActiveSpeaker(**settings), Timeline()
    holds: list[tuple[str, Span]] = []
    start = 0.0
    for at, participant, level in levels:
        speaker.push(participant, at=at, level=level)
        if change := speaker.poll(at=at):
            if change.previous is not None:
                holds.append((change.previous, Span(start, change.at)))
            start = change.at
        talk.push(speaker.talking, at=at)
    if speaker.current is not None:
        holds.append((speaker.current, Span(start, levels[-1][0])))
    return holds, talk


def false_switches(holds: list[tuple[str, Span]]) -> int:
    """Holds by somebody who had no turn of a second just then, or that were that short."""
    if LEVELS:
        return sum(span.seconds < 1 for _, span in holds)
    real = {who: [turn for turn in turns if turn[1] - turn[0] >= 1] for who, turns in TURNS.items()}
    return sum(
        not any(start < span.end and span.start < end for start, end in real[who])
        for who, span in holds
    )


class Lanes:
    """Lanes of talk, thin, over holds of the floor, thick; an SVG where there is a browser."""

    def __init__(self, holds: list[tuple[str, Span]], talk: Timeline) -> None:
        self.holds, self.lanes = holds, talk.lanes()
        self.seconds = max(levels[-1][0], 1.0)

    def _bar(self, span: Span, y: int, height: int, colour: str) -> str:
        left, width = (1000 * part / self.seconds for part in (span.start, span.seconds))
        return (
            f'<rect x="{100 + left:.1f}" y="{y}" width="{width:.1f}" height="{height}"'
            f' fill="{colour}"/>'
        )

    def _repr_html_(self) -> str:
        parts = []
        for row, (who, spans) in enumerate(self.lanes.items()):
            y = 10 + 36 * row
            parts.append(f'<text x="0" y="{y + 16}" font-size="14">{escape(who)}</text>')
            parts += [self._bar(s, y, 18, "#2a7") for name, s in self.holds if name == who]
            parts += [self._bar(span, y + 20, 6, "#88a") for span in spans]
        height = 20 + 36 * len(self.lanes)
        return f'<svg viewBox="0 0 1110 {height}" width="100%">{"".join(parts)}</svg>'


holds, talk = run({})
print(f"{len(holds)} holds of the floor, {false_switches(holds)} false switches")
Lanes(holds, talk)

# %% [markdown]
# ## Speaking time
#
# From each participant's own activity, not from the floor.

# %%
talk.summary()

# %% [markdown]
# ## Move a threshold
#
# Less time asked of a challenger follows faster and believes more interjections.

# %%
for take in (0.06, 0.2, v100.ActiveSpeaker().settings["take"], 0.8, 1.5):
    moved, _ = run({"take": take, "lull": max(take, 0.1), "barge": max(take, 0.1)})
    print(f"take {take:.2f} s: {len(moved)} holds, {false_switches(moved)} false switches")

# %% [markdown]
# ## Write the settings
#
# Only what differs from the defaults needs to be here; every setting is in
# `help(v100_ai.director.SpeakerSettings)`.

# %%
chosen: SpeakerSettings = {"take": 0.4, "release": 1.0}
settings = v100.ActiveSpeaker(**chosen).settings
SETTINGS.write_text(
    "[speaker]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items())
)
print(SETTINGS.read_text())
