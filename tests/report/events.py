"""Envelopes as a session's log has them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import sin
from typing import Any

from v100_ai.events.envelope import body

NOON = 1_780_000_000.0


@dataclass
class Log:
    """Numbers what it is told, and gives it back as it was read."""

    epoch: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, type_: str, data: Mapping[str, Any], *, after: float = 0.0) -> None:
        seq = len(self.events) + 1
        whole = body(
            id=f"evt_{seq}",
            type=type_,
            at=NOON + after,
            session="ses_1",
            seq=seq,
            epoch=self.epoch,
            data=data,
        )
        self.events.append(json.loads(whole))

    def second(self, number: int, *, rate: str, fps: int = 25) -> None:
        """A second of frames, in either rate; `number` says which one."""
        frames = range(number * fps, (number + 1) * fps)
        columns: dict[str, list[Any]] = {
            "frame": list(frames),
            "pts": [frame / fps for frame in frames],
            "vmaf": [
                90.0 - 25 * (300 < frame / fps < 340) + 3 * sin(frame / 40) for frame in frames
            ],
            "scene_complexity": [0.4 + 0.2 * sin(frame / 300) for frame in frames],
            "motion_magnitude": [3 + 2 * sin(frame / 90) for frame in frames],
            "visual_exposure": [0.5 + 0.1 * sin(frame / 500) for frame in frames],
        }
        data: dict[str, Any] = {
            "frame": frames[-1],
            "frames": fps,
            "from_pts": columns["pts"][0],
            "to_pts": columns["pts"][-1],
        }
        if rate == "frame":
            data["columns"] = columns
        else:
            for name in list(columns)[2:]:
                values = columns[name]
                data[name] = {"min": min(values), "mean": sum(values) / fps, "max": max(values)}
            data["deepfake_score"] = None
        self.tell("frame.analysis", data, after=number + 1)


def stream(seconds: int = 600, *, rate: str = "second", name: str = "Launch") -> Log:
    """A stream that cuts, fails, stalls and alerts."""
    log = Log()
    started = {"name": name, "session_kind": "stream", "layers": ["visual", "quality_metrics"]}
    log.tell("session.started", started)
    source = {"width": 1920, "height": 1080, "codec": "h264", "rate": 25.0}
    log.tell("source.connected", source)
    for second in range(seconds):
        if not 400 <= second < 430:
            log.second(second, rate=rate)
        for data in _happens(second):
            log.tell(*data, after=second + 1)
    log.tell("session.ended", {"reason": "deleted", "report": "/r"}, after=seconds)
    return log


def _happens(second: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if second % 45 == 7:
        yield "scene.cut", {"pts": second + 0.2, "frame": second * 25 + 5}
    if second == 120:
        yield "fault.found", {"fault": "frozen", "from_pts": 100.0, "to_pts": 119.0}
    alert = {"rule": "low_vmaf", "incident": "low_vmaf-1", "reading": "vmaf", "start": 301.0}
    if second == 306:
        yield "alert.opened", {**alert, "value": 66.0, "limit": 70.0, "at": 306.0}
    if second == 350:
        over = {"value": 91.0, "worst": 61.5, "end": 340.0, "at": 350.0, "reason": "recovered"}
        yield "alert.resolved", {**alert, **over}
    if second == 400:
        yield "source.lost", {"reason": "rtsp://cam/1: timed out", "retry_in": 2.0}
    if second == 430:
        gap = {"from_pts": 400.0, "to_pts": 430.0, "reason": "source lost"}
        yield "analysis.gap", gap
        yield "analysis.warning", {"text": "another aspect ratio"}
        yield "analysis.warning", {"text": "another aspect ratio"}
        yield (
            "alert.opened",
            {**alert, "incident": "x-2", "rule": "x", "value": 0.5, "start": 500.0},
        )
    if second % 60 == 59:
        counts = {"tap": {"offered": 25 * second, "replaced": second}, "tokens": {"input": 0}}
        yield "session.stats", {"counts": counts}


PEOPLE = ("Alice Ng", "Bob", "Chidi Anagonye", "Дарья", "ليلى")


def meeting(*, people: tuple[str, ...] = PEOPLE, said: str = "Ship it on Friday") -> Log:
    """A meeting in which everybody talks in turn, and much is decided."""
    log = Log()
    log.tell(
        "session.started",
        {"name": "Q2 Review", "session_kind": "meeting", "layers": ["highlights"]},
    )
    for index, name in enumerate(people):
        joined = {"at": float(index), "participant": f"p{index}", "name": name}
        log.tell("participant.joined", joined)
    previous = None
    for turn in range(60):
        who, at = f"p{turn * 7 % len(people)}", 10.0 + 12 * turn
        log.tell("talk.started", {"at": at, "participant": who}, after=at)
        floor = {"at": at + 0.4, "previous": previous, "speaker": who}
        log.tell("speaker.changed", floor, after=at)
        tiles = [{"participant": who, "x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}]
        view = "side_by_side" if turn % 9 == 4 else "speaker"
        layout = {"at": at + 0.5, "view": view, "reason": "speaker", "tiles": tiles}
        log.tell("layout.changed", layout, after=at)
        words = {"id": f"s{turn}", "participant": who, "start": at, "end": at + 11, "text": said}
        log.tell("transcript.segment", words, after=at)
        if turn < 59:
            stopped = {"at": at + 11.5, "participant": who, "seconds": 11.5}
            log.tell("talk.stopped", stopped, after=at + 11.5)
        previous = who
    _decided(log, people, said)
    log.tell("talk.summary", _sums(people), after=740.0)
    log.tell("session.ended", {"reason": "ended", "report": "/r"}, after=750.0)
    return log


def _decided(log: Log, people: tuple[str, ...], said: str) -> None:
    kinds = ("question", "action_item", "decision", "topic", "sentiment")
    for number in range(15):
        found: dict[str, Any] = {
            "id": f"h{number}",
            "type": kinds[number % 5],
            "text": f"{said} ({number})",
            "assignee": people[0] if number % 5 == 1 else None,
            "deadline": "2026-12-04" if number % 5 == 1 else None,
            "timestamp": f"00:{number:02}:00",
            "confidence": 0.8,
            "status": "provisional",
            "start": 45.0 * number,
            "segments": ["s1"],
            "quote": said,
            "speaker": people[1 % len(people)],
            "answered": None,
        }
        log.tell("highlight.created", found, after=46.0 * number)
        last = {**found, "status": "retracted" if number == 7 else "confirmed"}
        if number == 0:
            last["answered"] = {"by": people[-1], "at": 95.0, "segment": "s3"}
        log.tell("highlight.updated", last, after=46.0 * number)
    line = {"id": "h1", "text": said, "timestamp": "00:01:00", "deadline": None}
    summary = {
        "topics": [line],
        "decisions": [line, line],
        "open_questions": [line],
        "answered_questions": [{**line, "answered_by": people[-1]}],
        "actions": {people[0]: [{**line, "deadline": "2026-12-04"}], "": [line]},
        "text": f"It was agreed: {said}",
    }
    log.tell("summary.updated", summary, after=735.0)
    note = {"highlight": "h1", "person": people[0], "address": "a@b.c", "text": said}
    log.tell("notification.action_item", note, after=736.0)


def _sums(people: tuple[str, ...]) -> dict[str, Any]:
    numbers = {"turns": 12, "interjections": 2, "interruptions": 1, "interrupted": 0}
    speakers = [
        {
            "participant": f"p{index}",
            "seconds": 690.0 / len(people),
            "share": 1 / len(people),
            "longest_turn": 11.5,
            **numbers,
        }
        for index, _ in enumerate(people)
    ]
    return {"seconds": 740.0, "silence": 50.0, "overlap": 3.5, "speakers": speakers}
