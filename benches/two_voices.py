"""Two real voices through the whole service: sound in over WebSocket, events out, a timeline in the report.

    python benches/two_voices.py DIR [--html OUT.html]

DIR holds *.flac clips of meetings and *.rttm files that say who speaks when. Of each clip the two who speak most get a
microphone each: the clip's own sound where only they were annotated to speak, a quiet noise elsewhere. What the
service says of who talked, and for how long, is compared with the annotation.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from numpy.typing import NDArray
from speaker_ami import sound
from websockets.sync.client import connect

CHUNK = 0.1
"""Seconds of sound in a message."""
NOISE = 8.0
"""Deviation of the noise in a microphone that nobody speaks into, in 16-bit samples: about -72 dBov."""
STEP = 0.02


def told(address: str, path: str, body: object = None) -> Any:
    """What the service answers: to a question, or to what is posted."""
    asked = httpx2.get if body is None else partial(httpx2.post, json=body)
    answer = asked(address + path)
    answer.raise_for_status()
    return answer.json()


def tracks(
    samples: NDArray[np.int16], rate: int, spoken: dict[str, list[tuple[float, float]]]
) -> dict[str, NDArray[np.int16]]:
    """A microphone for each, with the clip's sound where only they speak."""
    rng = np.random.default_rng(1)
    own = {who: np.zeros(len(samples), bool) for who in spoken}
    for who, spans in spoken.items():
        for start, end in spans:
            own[who][round(start * rate) : round(end * rate)] = True
    several = sum(own.values()) > 1
    made = {}
    for who, speaks in own.items():
        track = rng.normal(0, NOISE, len(samples)).astype(np.int16)
        alone = speaks & ~several
        track[alone] = samples[alone]
        made[who] = track
    return made


def heard(address: str, meeting: str, microphones: dict[str, NDArray[np.int16]], rate: int) -> None:
    """Send all of it, as fast as it is taken."""
    socket = address.replace("http", "ws") + f"/v1/meetings/{meeting}/ingest"
    size = round(CHUNK * rate)
    length = max(map(len, microphones.values()))
    with connect(socket) as ingest:
        for start in range(0, length, size):
            for who, track in microphones.items():
                head = {"participant": who, "rate": rate, "at": start / rate}
                piece = track[start : start + size].astype("<i2").tobytes()
                ingest.send(json.dumps(head).encode() + b"\n" + piece)
                answer = json.loads(ingest.recv())
                assert answer["type"] == "ack", answer


def speech(events: list[dict[str, Any]], seconds: float) -> dict[str, NDArray[np.bool_]]:
    """Who the service said was talking, every 20 ms."""
    lanes: dict[str, NDArray[np.bool_]] = {}
    since: dict[str, float] = {}
    for event in events:
        data = event["data"]
        if event["type"] == "talk.started":
            since[data["participant"]] = data["at"]
        elif event["type"] == "talk.stopped":
            who = data["participant"]
            spoken = lanes.setdefault(who, np.zeros(round(seconds / STEP) + 100, bool))
            spoken[round(since.pop(who) / STEP) : round(data["at"] / STEP)] = True
    return lanes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--html", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "v100_ai.cli", "serve", "--port", "0"]
        server = subprocess.Popen(
            [*command, "--database", f"sqlite:///{folder}/v100.db"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        try:
            print(
                "clip      voice        share told / annotated   speech found   quiet kept   floor changes"
            )
            by_clip = turns(options.folder)
            for path in sorted(options.folder.glob("*.flac")):
                report = one(address, path, by_clip.get(path.stem, {}))
                if report is not None and options.html is not None:
                    options.html.write_bytes(httpx2.get(report).content)
        finally:
            server.terminate()
            server.wait()


def turns(folder: Path) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """By clip, when each of its speakers speaks."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for rttm in sorted(folder.glob("*.rttm")):
        for line in rttm.read_text().splitlines():
            fields = line.split()
            if fields[:1] == ["SPEAKER"]:
                start = float(fields[3])
                spans = found.setdefault(fields[1], {}).setdefault(fields[7], [])
                spans.append((start, start + float(fields[4])))
    return found


def seconds(spans: list[tuple[float, float]]) -> float:
    return sum(end - start for start, end in spans)


def lane(spans: list[tuple[float, float]], length: int) -> NDArray[np.bool_]:
    spoken = np.zeros(length, bool)
    for start, end in spans:
        spoken[round(start / STEP) : round(end / STEP)] = True
    return spoken


def one(address: str, path: Path, by_speaker: dict[str, list[tuple[float, float]]]) -> str | None:
    """Hold one meeting of the two who speak most; where its report is."""
    most = sorted(by_speaker, key=lambda who: -seconds(by_speaker[who]))[:2]
    samples, rate = sound(path)
    if len(most) < 2 or rate % 50:
        return None
    spoken = {who: by_speaker[who] for who in most}
    asked = {"name": path.stem, "ai": {"active_speaker": True}}
    meeting = told(address, "/v1/meetings", asked)["id"]
    heard(address, meeting, tracks(samples, rate, spoken), rate)
    told(address, f"/v1/meetings/{meeting}/end", {})
    events = told(address, f"/v1/meetings/{meeting}/events?limit=1000")["events"]
    summary = [each["data"] for each in events if each["type"] == "talk.summary"][-1]
    shares = {each["participant"]: each["share"] for each in summary["speakers"]}
    lanes = speech(events, len(samples) / rate)
    changes = sum(each["type"] == "speaker.changed" for each in events)
    total = sum(map(seconds, spoken.values()))
    length = round(len(samples) / rate / STEP) + 100
    truth = {who: lane(spans, length) for who, spans in spoken.items()}
    for who, other in zip(most, reversed(most), strict=True):
        found = lanes.get(who, np.zeros(length, bool))
        alone, quiet = truth[who] & ~truth[other], ~truth[who]
        print(
            f"{path.stem:9} {who:12} {shares.get(who, 0):10.1%} / {seconds(spoken[who]) / total:.1%}"
            f" {found[alone].sum() / max(1, alone.sum()):19.1%} {1 - found[quiet].mean():12.1%} {changes:10}"
        )
    return f"{address}/v1/meetings/{meeting}/report"


if __name__ == "__main__":
    main()
