"""The fit behind laughter and applause in sound, and how often they are found in recordings that were not fitted.

    python benches/sound_events.py FOLDER... [--aside FOLDER...]

A recording says what it is by its name: `laugh` or `haha`, `applause` or `clap`; those with `cheer`, `crowd` or `audience`
are left out where they are neither, and everything else is neither. Printed are: figures held out by recording over
FOLDERs, the weights of viral/events.rs fitted on all of them, and the shipped detector's hit rates per recording and per
half second over FOLDERs and over those kept aside. Two recordings of the same sound count once.
"""

import argparse
import hashlib
import zlib
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
CROSSED = 8
"""Figures of the evidence whose products are weighed, too."""
RIDGE = 3.0
FOLDS = 10


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


def logistic(x, y, weight, penalty=RIDGE):
    """Weights, the bias last; Newton's method with a ridge on columns of one spread."""
    mean, spread = x.mean(0), x.std(0) + 1e-9
    x = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    ridge = np.r_[np.full(x.shape[1] - 1, penalty), 0.0]
    found = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        hessian = (x.T * (weight * p * (1 - p))) @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, x.T @ (weight * (y - p)) - ridge * found)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    plain = found[:-1] / spread
    return np.r_[plain, found[-1] - mean @ plain]


def terms(evidence):
    """The evidence, and the products of its first figures: what viral/events.rs weighs."""
    products = [evidence[:, a] * evidence[:, b] for a in range(CROSSED) for b in range(a, CROSSED)]
    return np.hstack([evidence, np.stack(products, 1)])


def fitted(every, what):
    """Each recording counts once, and both classes alike."""
    x = np.vstack([terms(each.evidence) for each in every])
    y = np.concatenate([np.full(len(each.evidence), float(each.kind == what)) for each in every])
    weight = np.concatenate([np.full(len(each.evidence), 1 / len(each.evidence)) for each in every])
    weight[y == 1] *= 0.5 * len(every) / weight[y == 1].sum()
    weight[y == 0] *= 0.5 * len(every) / weight[y == 0].sum()
    return logistic(x, y, weight)


def scores(weights, each):
    return 1 / (1 + np.exp(-(terms(each.evidence) @ weights[:-1] + weights[-1])))


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
    print(f"   {named} {what}: AUC of recordings {ranked(every, what, values):.3f}")
    for name, hit in no:
        if hit:
            print("   wrongly:", name)
    for each, v in zip(every, values, strict=True):
        if each.kind == what and not event(v):
            print("   missed:", each.name, f"highest {v.max():.2f}")


def ranked(every, what, values):
    """How often a recording of it has a clearer second than one of another kind."""
    clearest = [
        float(np.minimum(v[1:], v[:-1]).max()) if len(v) > 1 else float(v[0]) for v in values
    ]
    yes = np.array([c for c, each in zip(clearest, every, strict=True) if each.kind == what])
    no = np.array([c for c, each in zip(clearest, every, strict=True) if each.kind != what])
    return float(((yes[:, None] > no).mean() + (yes[:, None] >= no).mean()) / 2)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--aside", nargs="+", type=Path, default=[])
    options = parser.parse_args()
    every, aside = list(recordings(options.folders)), list(recordings(options.aside))
    fold = np.array([zlib.crc32(each.name.encode()) % FOLDS for each in every])
    for what in ("laughter", "applause"):
        by = [
            fitted([each for each, its in zip(every, fold, strict=True) if its != part], what)
            for part in range(FOLDS)
        ]
        held = [scores(by[its], each) for each, its in zip(every, fold, strict=True)]
        told("held out,", every, what, held)
        weights = fitted(every, what)
        print(
            f"const {what.upper()}: Weights = ({[round(float(w), 3) for w in weights[:-1]]}, {weights[-1]:.3f});"
        )
        told("shipped,", every, what, [getattr(each, what) for each in every])
        if aside:
            told("shipped, aside,", aside, what, [getattr(each, what) for each in aside])
            told("refitted, aside,", aside, what, [scores(weights, each) for each in aside])


if __name__ == "__main__":
    main()
