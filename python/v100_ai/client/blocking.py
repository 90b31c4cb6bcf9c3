"""Client: the service for programs that block."""

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar, Unpack

from v100_ai import clock
from v100_ai.client import administration, clips, routes
from v100_ai.client.address import Address, httpx2, sync_socket
from v100_ai.client.asking import below
from v100_ai.client.call import Blocking, Call
from v100_ai.client.exchange import Asked, Lost, Outcome, Pause, Step, Told, exchange
from v100_ai.client.follower import SILENCE, Broken, Follower, Following
from v100_ai.client.results import Event

T = TypeVar("T")


class Link:
    """Sends calls and follows events, over connections that it keeps."""

    def __init__(
        self, address: Address, *, timeout: float, pause: Callable[[float], object]
    ) -> None:
        self._address = address
        self._pause = pause
        self._web = httpx2()
        self.client = self._web.Client(timeout=timeout, headers=address.headers)

    def send(self, call: Call[T]) -> T:
        """The answer to the call."""
        steps = exchange(call)
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            outcome = self._do(step)

    def _do(self, step: Step) -> Outcome:
        match step:
            case Pause():
                self._pause(step.seconds)
                return None
            case Asked():
                try:
                    told = self.client.request(
                        step.method, self._address.http(step.path), params=dict(step.query),
                        headers=dict(step.headers), content=step.content,
                    )  # fmt: skip
                except self._web.RequestError as error:
                    return Lost(str(error) or type(error).__name__)
                return Told(told.status_code, dict(told.headers), told.content)

    def follow(self, path: str, follower: Follower) -> Iterator[Event]:
        """Its events, over as many connections as it takes."""
        ws = sync_socket()
        while not follower.ended():
            try:
                url = self._address.websocket(path, follower.query())
                with ws.connect(url, **self._address.opening) as socket:
                    while not follower.ended():
                        event = follower.take(socket.recv(timeout=SILENCE))
                        if event is not None:
                            yield event
            except ws.InvalidStatus as refused:
                pause = follower.refused(refused.response.status_code, refused.response.body or b"")
            except (OSError, ws.WebSocketException, Broken) as error:
                pause = follower.broke(str(error) or type(error).__name__)
            else:
                continue
            self._pause(pause)


class Participants(Blocking, routes.ParticipantRoutes):
    """Who is in a session."""


class Captions(Blocking, routes.CaptionRoutes):
    """What was said."""


class Levels(Blocking, routes.LevelRoutes):
    """How loud it was."""


class Audio(Blocking, routes.AudioRoutes):
    """What it sounded like."""


class Webhooks(Blocking, administration.WebhookRoutes):
    """Where events are sent."""


class Keys(Blocking, administration.KeyRoutes):
    """Who may ask the service."""


class People(Blocking, administration.PeopleRoutes):
    """What people were told of where they were absent."""


class Sessions(Blocking):
    """What meetings and streams have in common."""

    link: Link

    def __init__(self, home: str, link: Link) -> None:
        super().__init__(home, link)
        self.participants = Participants(home, link)
        self.captions = Captions(home, link)
        self.levels = Levels(home, link)
        self.audio = Audio(home, link)

    def events(self, id: str, **how: Unpack[Following]) -> Iterator[Event]:  # noqa: A002
        """Each event as it happens, until the session has ended.

        Connects again by itself, also when the service was restarted, and never repeats or skips an event.
        """
        return self.link.follow(
            below(self, id, "events"), Follower(session=id, now=clock.monotonic, **how)
        )


class Meetings(Sessions, routes.MeetingRoutes):
    """Meetings."""


class Clips(Blocking, clips.ClipRoutes):
    """Clips of streams."""


class Streams(Sessions, routes.StreamRoutes):
    """Streams."""

    def __init__(self, home: str, link: Link) -> None:
        super().__init__(home, link)
        self.clips = Clips(home, link)


class Client:
    """The service at `base_url`; a context manager. `timeout` is in seconds, for each request.

    Raises:
        ExtraMissing: the extra `client` is not installed.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        timeout: float = 30.0,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        link = Link(Address(base_url, api_key), timeout=timeout, pause=pause or _pause)
        self._link = link
        self.meetings = Meetings("/v1/meetings", link)
        self.streams = Streams("/v1/streams", link)
        self.webhooks = Webhooks("/v1/webhooks", link)
        self.keys = Keys("/v1/keys", link)
        self.people = People("/v1/people", link)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of its connections."""
        self._link.client.close()


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
