"""The promise of the service: kill it in the middle, start it again, and nobody has lost or seen anything twice."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import v100_ai as v100
from tests import clips
from tests.serving import Server
from tests.worker.rtsp import Camera, coded, filmed
from tests.worker.servers import web
from v100_ai.client import Event, verify


class Service:
    """`v100 serve` on the same port and database each time it is started."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self.url = f"http://127.0.0.1:{port}"
        self.server: Server | None = None

    def start(self) -> None:
        with (self._folder / "serve.log").open("a") as log:
            self.server = Server(
                *("--port", str(self._port), "--files", ".", "--allow-private"),
                *("--database", f"sqlite:///{self._folder}/v100.db"),
                folder=self._folder,
                errors=log,
                drain_seconds=0.2,
            )
        assert self.server.url == self.url

    def stop(self, how: signal.Signals) -> None:
        assert self.server is not None
        self.server.stop(how)


class Receiver:
    """A webhook endpoint that counts only what is signed."""

    def __init__(self) -> None:
        self.secret: str | None = None
        self.waiting: list[tuple[dict[str, str], bytes]] = []
        self.events: dict[str, list[Event]] = {}
        """By the delivery's id, each time it came."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.waiting.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def verified(self, secret: str) -> dict[str, list[Event]]:
        """What came so far, each verified."""
        while self.waiting:
            headers, body = self.waiting.pop()
            event = verify(body, headers, secret)
            self.events.setdefault(headers["webhook-id"], []).append(event)
        return self.events


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Service(tmp_path, port)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGTERM)


def wait_for(done: Callable[[], bool], seconds: float = 20.0) -> None:
    waited = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if done():
            return
        waited.wait(0.05)
    pytest.fail(f"expected it within {seconds:g} s")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("way", ["file", "http"])
def test_killed_in_the_middle_of_a_clip_it_loses_and_repeats_nothing(
    way: str, served: Service, tmp_path: Path
):
    clip = clips.write(tmp_path / "talk.mp4", clips.moving(150), codec="libx264")
    with (
        receiving() as receiver,
        web(talk_mp4=clip) as (base, _),
        v100.Client(served.url) as client,
    ):
        stream = client.streams.create(
            name="Product Launch Livestream",
            source="talk.mp4" if way == "file" else f"{base}/talk.mp4",
            analysis={"scene_complexity": True, "motion_estimation": True, "webhook": receiver.url},
        )
        assert stream.webhook is not None
        secret = stream.webhook.secret
        assert secret is not None
        seen: list[Event] = []
        for event in client.streams.events(stream.id, after=0):
            seen.append(event)
            if len(seen) in (3, 5):
                served.stop(signal.SIGKILL)
                served.start()
        kept = client.streams.history(stream.id, limit=1000).events
        assert [event.id for event in seen] == [event.id for event in kept]
        assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
        assert {event.epoch for event in seen} == {1, 2, 3}
        assert not [event for event in seen if event.type == "analysis.gap"]
        seconds = [event.data for event in seen if event.type == "frame.analysis"]
        assert sum(each["frames"] for each in seconds) == 150
        assert seconds[-1]["frame"] == 149
        # What the killed one had begun to send comes back after half a minute.
        wait_for(lambda: len(receiver.verified(secret)) >= len(kept), 60.0)
        arrived = [events[0] for events in receiver.verified(secret).values()]
        assert {event.id for event in arrived} == {event.id for event in kept}
        assert all(len({e.id for e in events}) == 1 for events in receiver.events.values())
        assert client.streams.report_document(stream.id)["frames"] == 150


@pytest.mark.timeout(120)
def test_killed_while_a_camera_runs_it_says_what_nobody_saw(served: Service):
    camera = Camera(coded(clips.moving(150, 320, 240)))
    with filmed(camera) as url, v100.Client(served.url) as client:
        restart = {"when": "always", "first": 0.1}
        stream = client.streams.create(
            name="Camera", source=url, analysis={"visual": True}, restart=restart
        )
        seen: list[Event] = []
        for event in client.streams.events(stream.id):
            seen.append(event)
            if len(seen) == 4:
                served.stop(signal.SIGKILL)
                served.start()
            if len([each for each in seen if each.type == "frame.analysis"]) >= 4:
                break
        client.streams.end(stream.id)
        assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
        (gap,) = [event.data for event in seen if event.type == "analysis.gap"][:1]
        seconds = [event.data for event in seen if event.type == "frame.analysis"]
        before = [each["to_pts"] for each in seconds if each["to_pts"] <= gap["from_pts"] + 1e-6]
        after = [each["from_pts"] for each in seconds if each["from_pts"] >= gap["to_pts"] - 1e-6]
        assert len(before) + len(after) == len(seconds)
        assert before[-1] == pytest.approx(gap["from_pts"])
        assert after[0] == pytest.approx(gap["to_pts"])


def test_it_serves_again_after_a_polite_stop(served: Service):
    with v100.Client(served.url) as client:
        meeting = client.meetings.create(name="Standup", ai={"highlights": True})
        served.stop(signal.SIGTERM)
        served.start()
        said = [{"participant": "a", "start": 0, "end": 2, "text": "I will send it by Friday."}]
        assert client.meetings.captions.push(meeting.id, said) == 1
        assert client.meetings.end(meeting.id).state == "ended"
