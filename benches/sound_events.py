"""The fit behind laughter and applause in sound, and how often they are found in recordings that were not fitted.

    python benches/sound_events.py FOLDER... [--aside FOLDER...]

A recording says what it is by its name: `laugh` or `haha`, `applause` or `clap`; those with `cheer`, `crowd` or `audience`
are left out where they are neither, and everything else is neither. Printed are: figures held out by recording over
FOLDERs, the weights of viral/events.rs fitted on all of them, and the shipped detector's hit rates per recording and per
half second over FOLDERs and over those kept aside. Two recordings of the same sound count once.
"""

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from v100_ai.errors import V100Error
from v100_ai.sources.sound import sound
from v100_ai.viral.sound import RATE, SoundMeter

ENDINGS = {".wav", ".mp3", ".ogg", ".m4a", ".flac", ".mp4"}
LONGEST_S = 30
CUT = 0.5
SOUNDING = 8
"""Which of the evidence says how much of it is heard at all."""
FEWEST = 2
"""Half seconds in a row above `CUT` that are an event."""


@dataclass
class Recording:
    name: str
    kind: str
    evidence: np.ndarray
    laughter: np.ndarray
    applause: np.ndarray


def kind(path):
    name = path.stem.lower()
    if "laugh" in name or "haha" in name:
        return "laughter"
    if "applau" in name or "clap" in name:
        return "applause"
    return "" if any(word in name for word in ("cheer", "crowd", "audience", "_yay")) else "neither"


def recordings(folders):
    seen = set()
    for path in sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in ENDINGS
    ):
        what = kind(path)
        digest = hashlib.sha256(path.read_bytes()).digest()
        if not what or digest in seen:
            continue
        seen.add(digest)
        meter, found = SoundMeter(), []
        try:
            for samples in sound(path, RATE):
                found += meter.push(samples)
                if len(found) >= 2 * LONGEST_S:
                    break
        except V100Error:
            continue
        heard = [each for each in found[1:] if each.evidence[SOUNDING] > 0.4]
        if heard:
            yield Recording(
                f"{path.parent.name}/{path.name}",
                what,
                np.array([each.evidence for each in heard]),
                np.array([each.laughter for each in heard]),
                np.array([each.applause for each in heard]),
            )


def logistic(x, y, weight, penalty=0.3):
    """Weights, the bias last; Newton's method with a ridge."""
    x = np.hstack([x, np.ones((len(x), 1))])
    ridge = np.r_[np.full(x.shape[1] - 1, penalty), 0.0]
    found = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        hessian = (x.T * (weight * p * (1 - p))) @ x + np.diag(ridge)
        found += np.linalg.solve(hessian, x.T @ (weight * (y - p)) - ridge * found)
    return found


def fitted(every, what):
    """Each recording counts once, and both classes alike."""
    x = np.vstack([each.evidence for each in every])
    y = np.concatenate([np.full(len(each.evidence), float(each.kind == what)) for each in every])
    weight = np.concatenate([np.full(len(each.evidence), 1 / len(each.evidence)) for each in every])
    weight[y == 1] *= 0.5 * len(every) / weight[y == 1].sum()
    weight[y == 0] *= 0.5 * len(every) / weight[y == 0].sum()
    return logistic(x, y, weight)


def scores(weights, each):
    return 1 / (1 + np.exp(-(each.evidence @ weights[:-1] + weights[-1])))


def event(values):
    """Whether there are enough half seconds in a row."""
    run = most = 0
    for value in values:
        run = run + 1 if value >= CUT else 0
        most = max(most, run)
    return most >= min(FEWEST, len(values))


def told(named, every, what, values):
    yes = [event(v) for each, v in zip(every, values, strict=True) if each.kind == what]
    no = [(each.name, event(v)) for each, v in zip(every, values, strict=True) if each.kind != what]
    half = np.concatenate(
        [v >= CUT for each, v in zip(every, values, strict=True) if each.kind == what]
    )
    wrong = np.concatenate(
        [v >= CUT for each, v in zip(every, values, strict=True) if each.kind != what]
    )
    print(
        f"{named} {what}: found in {sum(yes)} of {len(yes)} recordings, {half.mean():.2f} of {len(half)} half seconds; "
        f"wrongly in {sum(hit for _, hit in no)} of {len(no)}, {wrong.mean():.3f} of {len(wrong)}"
    )
    for name, hit in no:
        if hit:
            print("   wrongly:", name)
    for each, v in zip(every, values, strict=True):
        if each.kind == what and not event(v):
            print("   missed:", each.name, f"highest {v.max():.2f}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--aside", nargs="+", type=Path, default=[])
    options = parser.parse_args()
    every, aside = list(recordings(options.folders)), list(recordings(options.aside))
    for what in ("laughter", "applause"):
        held = [
            scores(fitted([other for other in every if other is not each], what), each)
            for each in every
        ]
        told("held out,", every, what, held)
        weights = fitted(every, what)
        print(
            f"const {what.upper()}: Weights = ({[round(float(w), 2) for w in weights[:-1]]}, {weights[-1]:.2f});"
        )
        told("shipped,", every, what, [getattr(each, what) for each in every])
        if aside:
            told("shipped, aside,", aside, what, [getattr(each, what) for each in aside])
            told("refitted, aside,", aside, what, [scores(weights, each) for each in aside])


if __name__ == "__main__":
    main()
