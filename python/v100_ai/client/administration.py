"""Every operation on webhooks, keys and people."""

from collections.abc import Sequence
from datetime import datetime

from v100_ai.client.asking import accepted, below, body, call, given, nothing, one
from v100_ai.client.call import Call, Resource, Route
from v100_ai.client.results import (
    Key,
    Notifications,
    Page,
    Ticket,
    Webhook,
    WebhookDelivery,
    notifications,
    page,
)


class WebhookRoutes(Resource):
    """Where events are sent."""

    @Route
    def create(
        self, url: str, *, types: Sequence[str] = (), session: str | None = None
    ) -> Call[Webhook]:
        """Sends events there, of some types or all, of one session or all; its secret is told now, and once."""
        asked = body(url=url, types=list(types), session=session)
        return one("POST", self.home, Webhook, json=asked)

    @Route
    def list(self) -> Call[Sequence[Webhook]]:
        """All webhooks."""
        return call("GET", self.home, lambda found: page(Webhook, found).items)

    @Route
    def get(self, id: str) -> Call[Webhook]:  # noqa: A002
        """One webhook."""
        return one("GET", below(self, id), Webhook)

    @Route
    def update(
        self,
        id: str,  # noqa: A002
        *,
        url: str | None = None,
        types: Sequence[str] | None = None,
        enabled: bool | None = None,
    ) -> Call[Webhook]:
        """The webhook with what was given changed, or enabled again."""
        asked = body(url=url, types=None if types is None else list(types), enabled=enabled)
        return one("PATCH", below(self, id), Webhook, json=asked)

    @Route
    def delete(self, id: str) -> Call[None]:  # noqa: A002
        """Sends nothing more there, and forgets what is on its way."""
        return nothing("DELETE", below(self, id))

    @Route
    def rotate(self, id: str) -> Call[Webhook]:  # noqa: A002
        """The webhook with a new secret; until the next rotation both sign."""
        return one("POST", below(self, id, "rotate"), Webhook, repeatable=False)

    @Route
    def test(self, id: str) -> Call[WebhookDelivery]:  # noqa: A002
        """Sends an event that means nothing."""
        return one("POST", below(self, id, "test"), WebhookDelivery, repeatable=False)

    @Route
    def deliveries(
        self,
        id: str,  # noqa: A002
        *,
        limit: int = 50,
        after: str | None = None,
        state: str | None = None,
    ) -> Call[Page[WebhookDelivery]]:
        """What was sent, is on its way (`pending`) or `dead`, the newest first."""
        query = given(limit=limit, after=after, state=state)
        path = below(self, id, "deliveries")
        return call("GET", path, lambda found: page(WebhookDelivery, found), query=query)

    @Route
    def replay(
        self,
        id: str,  # noqa: A002
        *,
        events: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Call[int]:
        """Sends events again, by id or by time; how many that are."""
        asked = body(events=list(events), since=since, until=until)
        return call("POST", below(self, id, "replay"), accepted, json=asked)


class KeyRoutes(Resource):
    """Who may ask the service."""

    @Route
    def create(
        self,
        *,
        name: str,
        scopes: Sequence[str],
        session: str | None = None,
        expires: datetime | None = None,
    ) -> Call[Key]:
        """A new key with scopes of `admin`, `ingest` and `read`; its secret is told now, and once."""
        asked = body(name=name, scopes=list(scopes), session=session, expires=expires)
        return one("POST", self.home, Key, json=asked, repeatable=False)

    @Route
    def list(self) -> Call[Sequence[Key]]:
        """All keys, without their secrets."""
        return call("GET", self.home, lambda found: page(Key, found).items)

    @Route
    def revoke(self, id: str) -> Call[None]:  # noqa: A002
        """Nobody may use the key from now on."""
        return nothing("DELETE", below(self, id))


class PeopleRoutes(Resource):
    """What people were told of where they were absent; `id` is their address, as the roster has it."""

    @Route
    def history(self, id: str, *, after: str = "", limit: int = 200) -> Call[Notifications]:  # noqa: A002
        """The notifications after that event, oldest first."""
        query = given(after=after or None, limit=limit)
        return call("GET", below(self, id, "events"), notifications, query=query)

    @Route
    def ticket(self, id: str) -> Call[Ticket]:  # noqa: A002
        """What they open the WebSocket of their own channel with, once."""
        return one("POST", below(self, id, "tickets"), Ticket)
