"""Meetings from outside, for `chaos.py`: who sends, who reads, who takes webhooks, and what it came to for all of them."""

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

GONE = (OSError, http.client.HTTPException)
SETTLE = 45.0


@dataclass
class Taken:
    """A receiver of webhooks, and what came."""

    ids: Counter[str] = field(default_factory=Counter[str])

    @contextlib.contextmanager
    def serve(self) -> Iterator[str]:
        taken = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                # One that was killed amid a request is nothing to tell of.
                try:
                    body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                except (OSError, ValueError):
                    self.close_connection = True
                    return
                taken.ids[body["id"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass

        server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def ask(url: str, method: str, path: str, body: Any = None, *, patience: float = 30.0) -> Any:
    """The status, and the answer from JSON. Raises `OSError` or `HTTPException` where there is none."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=patience)
    with contextlib.closing(connection):
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


@dataclass
class Meeting:
    """One meeting from outside: two who send, one who reads."""

    write: Callable[[], str]
    """Where the server is that is written to, and the one that is read from."""
    read: Callable[[], str]
    id: str = ""
    acked: set[str] = field(default_factory=set[str])
    unsure: int = 0
    refused: int = 0
    seen: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    end: int = 0
    """The last event once nobody sent any more."""
    waits: list[float] = field(default_factory=list[float])
    quiet: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    def send(self, number: int) -> None:
        """Captions one after the other, each until it is taken."""
        count = 0
        while not self.quiet.is_set():
            name = f"{number}-{count}"
            said = {
                "id": name,
                "participant": f"p{number}",
                "text": f"I will send part {name}.",
                "start": float(count),
                "end": count + 0.5,
            }
            first = time.monotonic()
            while True:
                try:
                    path = f"/v1/meetings/{self.id}/captions"
                    status, _ = ask(self.write(), "POST", path, said)
                except GONE:
                    self.unsure += 1
                else:
                    if status == 202:
                        break
                    self.refused += 1
                time.sleep(0.1)
            self.acked.add(name)
            self.waits.append(time.monotonic() - first)
            count += 1
            time.sleep(0.02)

    def follow(self) -> None:
        """Every event, from where the last connection broke off."""
        last = ""
        while not self.stop.is_set():
            where = urlsplit(self.read())
            connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=40)
            headers = {"accept": "text/event-stream", **({"last-event-id": last} if last else {})}
            with contextlib.closing(connection), contextlib.suppress(*GONE, ValueError):
                connection.request("GET", f"/v1/meetings/{self.id}/events", headers=headers)
                answer = connection.getresponse()
                for line in answer if answer.status == 200 else ():
                    if line.startswith(b"id: "):
                        last = line[4:].strip().decode()
                    elif line.startswith(b"data: "):
                        told = json.loads(line[6:])
                        self.seen.append((told["seq"], told["id"]))
                    if self.stop.is_set():
                        break
            time.sleep(0.1)

    def log(self, url: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else 0
            path = f"/v1/meetings/{self.id}/events?limit=1000&after={after}"
            _, page = ask(url, "GET", path)
            found += page["events"]
            if not page["events"]:
                return found


def until(url: Callable[[], str], path: str, seconds: float = 60.0) -> float:
    """How long it takes until that is answered with 200."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with contextlib.suppress(*GONE):
            if ask(url(), "GET", path, patience=5.0)[0] == 200:
                return time.monotonic() - begun
        time.sleep(0.05)
    raise TimeoutError(path)


def report(meetings: list[Meeting], url: str, taken: Taken) -> bool:
    """Hold the log against what everybody saw."""
    sums: Counter[str] = Counter()
    events: set[str] = set()
    for each in meetings:
        log = each.log(url)
        segments = Counter(one["data"]["id"] for one in log if one["type"] == "transcript.segment")
        epochs = [one["epoch"] for one in log]
        # What was written after the reader stopped is nothing it missed.
        last = max((seq for seq, _ in each.seen), default=0)
        told = {(one["seq"], one["id"]) for one in log if one["seq"] <= last}
        seqs = [seq for seq, _ in each.seen]
        events |= {one["id"] for one in log}
        sums["acked"] += len(each.acked)
        sums["unanswered"] += each.unsure
        sums["refused"] += each.refused
        sums["events"] += len(log)
        sums["lost"] += len(each.acked - segments.keys())
        sums["doubled"] += sum(count - 1 for count in segments.values())
        sums["holes"] += [one["seq"] for one in log] != list(range(1, len(log) + 1))
        sums["epoch fell"] += epochs != sorted(epochs)
        sums["read"] += len(each.seen)
        sums["read, not in the log"] += len(set(each.seen) - told)
        sums["read twice or out of order"] += seqs != sorted(set(seqs))
        sums["not read"] += len(told) - len(set(each.seen)) + max(0, each.end - last)
    waits = sorted(wait for each in meetings for wait in each.waits)
    begun = time.monotonic()
    while events - taken.ids.keys() and time.monotonic() - begun < SETTLE:
        time.sleep(0.5)
    sums["webhooks missing"] = len(events - taken.ids.keys())
    sums["webhooks repeated"] = sum(count > 1 for count in taken.ids.values())
    print(", ".join(f"{name} {count}" for name, count in sums.items()))
    print(f"caption taken: median {waits[len(waits) // 2] * 1e3:.0f} ms, most {waits[-1]:.1f} s")
    wrong = ("lost", "doubled", "holes", "epoch fell", "read, not in the log", "not read")
    return not any(
        sums[name] for name in (*wrong, "read twice or out of order", "webhooks missing")
    )
