"""A service under steady work, and what it holds on to: memory, files and threads over time.

    python benches/soak.py [--minutes 10] [--streams 4] [--meetings 4]

Streams play a clip again and again, meetings hear levels and transcripts, a reader follows each, a webhook takes all
events. Printed is what the server's process holds each minute, and the slope of its memory after the first minute.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np

import v100_ai as v100

EVERY = 10.0


class Taken(BaseHTTPRequestHandler):
    """A webhook receiver that is content with everything."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def clip(path: Path) -> None:
    rng = np.random.default_rng(1)
    still = rng.integers(0, 255, (400, 700, 3), np.uint8)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"preset": "veryfast"})
        video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
        for index in range(250):
            at = index % 40
            picture = np.ascontiguousarray(still[at : at + 360, at : at + 640])
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(video.encode(None))


def held(pid: int) -> tuple[float, int, int]:
    """Resident MiB, open files and threads of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    threads = sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, files, threads


def until(stop: threading.Event, work: Callable[[], None]) -> threading.Thread:
    def loop() -> None:
        while not stop.is_set():
            try:
                work()
            except v100.V100Error:
                if not stop.is_set():
                    raise

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    return thread


def meet(address: str, number: int) -> Callable[[], None]:
    """A second of a meeting, at its own pace."""
    client = v100.Client(address)
    layers = {"highlights": True, "active_speaker": True}
    meeting = client.meetings.create(name=f"meeting {number}", ai=layers)
    begun, counted = time.monotonic(), iter(range(10**9))

    def second() -> None:
        now = time.monotonic() - begun
        levels = [
            {
                "participant": who,
                "level": -30.0 if int(now / 5) % 2 == index else -70.0,
                "at": now + 0.02 * step,
            }
            for step in range(50)
            for index, who in enumerate(("ann", "bob"))
        ]
        client.meetings.levels.push(meeting.id, levels)
        if next(counted) % 4 == 0:
            said = {
                "participant": "ann",
                "start": now,
                "end": now + 2,
                "text": "I'll send the plan by Friday.",
            }
            client.meetings.captions.push(meeting.id, [said])
        time.sleep(1)

    def follow() -> None:
        with v100.Client(address) as reader:
            for _ in reader.meetings.events(meeting.id, samples=True):
                pass

    threading.Thread(target=follow, daemon=True).start()
    return second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--streams", type=int, default=4)
    parser.add_argument("--meetings", type=int, default=4)
    options = parser.parse_args()
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Taken)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        clip(Path(folder, "clip.mp4"))
        server = subprocess.Popen(
            [sys.executable, "-m", "v100_ai.cli", "serve", "--port", "0", "--allow-private", "--files", "."],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        print(f"{platform.processor() or platform.machine()}, idle: {held(server.pid)[0]:.0f} MiB")
        hooks = f"http://127.0.0.1:{receiver.server_port}/hooks"
        with v100.Client(address) as client:
            client.webhooks.create(hooks)
            for number in range(options.streams):
                client.streams.create(
                    name=f"stream {number}", source="clip.mp4",
                    analysis={"scene_complexity": True, "motion_estimation": True, "visual": True},
                    restart={"when": "always", "first": 0.1, "longest": 1.0},
                )  # fmt: skip
        for number in range(options.meetings):
            until(stop, meet(address, number))
        begun, seen = time.monotonic(), list[tuple[float, float]]()
        while (passed := time.monotonic() - begun) < 60 * options.minutes:
            time.sleep(EVERY)
            memory, files, threads = held(server.pid)
            seen.append((passed, memory))
            if len(seen) % 6 == 0:
                print(
                    f"{passed / 60:5.1f} min {memory:7.1f} MiB {files:4} files {threads:3} threads",
                    flush=True,
                )
        stop.set()
        warm = [each for each in seen if each[0] > 60] or seen
        slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
        print(f"slope after the first minute: {slope * 3600:+.1f} MiB an hour")
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
