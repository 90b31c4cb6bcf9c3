"""The door to the compiled model: parts in, a moment with its reasons out."""

import math
from typing import Final

from v100_ai._native import ViralModel, ViralScore
from v100_ai.viral.factors import EVIDENCE, PARTS, RANKING, Found, baseline, gathered, missing
from v100_ai.viral.moment import Factor, Moment, Reason
from v100_ai.viral.table import FACTOR_NAMES, GRADES, Table

SPEECH_S: Final = 10.0
"""Seconds of speech after which confidence has two thirds of what speech can give it."""


class Model:
    """One table, ready to score."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._native = ViralModel(
            weights=table.weights,
            ranking=RANKING,
            parts=[list(PARTS[name].values()) for name in FACTOR_NAMES],
            knots=table.knots,
        )

    def moment(
        self, found: Found, start: float, end: float, *, speech: float, why: tuple[str, ...] = ()
    ) -> Moment:
        """The moment that those parts make; `speech` is seconds spoken lately, `why` what else is to be told as missing."""
        score = self._native.score(gathered(found))
        table = self.table
        viral = score.viral_score
        evidence = 1.0 - math.exp(-speech / SPEECH_S)
        return Moment(
            start=start,
            end=end,
            rank_score=score.rank_score,
            viral_score=viral,
            raw=None if score.raw is None else 100.0 * score.raw,
            confidence=score.coverage * evidence * GRADES[table.calibration],
            interval80=None
            if viral is None
            else (max(0.0, viral - table.residual), min(100.0, viral + table.residual)),
            calibration=table.calibration,
            weights_version=table.version,
            factors=tuple(self._factor(at, score, found) for at in range(len(FACTOR_NAMES))),
            missing=(*missing(found), *why),
        )

    def _factor(self, at: int, score: ViralScore, found: Found) -> Factor:
        name = FACTOR_NAMES[at]
        known = found.get(name, {})
        reasons = [
            Reason(
                feature=known[part].feature or part,
                value=known[part].value,
                baseline=baseline(part),
                points=points,
                text=known[part].text,
                at=known[part].at,
            )
            for part, points in zip(PARTS[name], score.part_points[at], strict=True)
            if part in known
        ]
        return Factor(
            name=name,
            value=score.values[at],
            weight=self.table.weights[at],
            points=score.points[at],
            availability=score.availability[at],
            evidence=EVIDENCE[name],
            reasons=tuple(sorted(reasons, key=lambda each: -each.points)),
        )
