"""An outbox in memory that keeps what the real one promises, and says what happened to it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from v100_ai.errors import StoreUnavailable
from v100_ai.records import Attempt, Delivery, Endpoint

SECRET = "whsec_" + "QUJD" * 8


def endpoint(name: str, url: str = "https://example.com/hooks", **more: object) -> Endpoint:
    secrets = (SECRET,)
    return Endpoint(id=name, tenant="t", url=url, secrets=secrets, created=0.0, **more)  # type: ignore[arg-type]


def delivery(number: int, to: str, *, now: float = 0.0, body: bytes = b'{"seq":1}') -> Delivery:
    return Delivery(
        id=f"dlv_{to}_{number}",
        endpoint=to,
        event=f"evt_{number}",
        type="scene.cut",
        session="str_1",
        seq=number,
        created=now,
        state="pending",
        attempts=0,
        due=now,
        body=body,
    )


@dataclass(slots=True)
class MemoryOutbox:
    """`broken` calls in a row fail before it answers again."""

    wall: Callable[[], float]
    endpoints: dict[str, Endpoint] = field(default_factory=dict[str, Endpoint])
    deliveries: dict[str, Delivery] = field(default_factory=dict[str, Delivery])
    claimed: dict[str, float] = field(default_factory=dict[str, float])
    settled: list[Attempt] = field(default_factory=list[Attempt])
    broken: int = 0
    asked: int = 0

    def add(self, *items: Delivery | Endpoint) -> None:
        for item in items:
            if isinstance(item, Delivery):
                self.deliveries[item.id] = item
            else:
                self.endpoints[item.id] = item

    def states(self) -> list[str]:
        return [each.state for each in self.deliveries.values()]

    def replay(self) -> None:
        for each in self.deliveries.values():
            self.deliveries[each.id] = replace(each, state="pending", attempts=0, due=self.wall())

    def claim_due(
        self, limit: int, *, lease: float, per_endpoint: int, skip: Collection[str] = ()
    ) -> list[Delivery]:
        self._answer()
        now = self.wall()
        due = sorted((each for each in self._live() if each.due <= now), key=lambda each: each.due)
        taken: list[Delivery] = []
        for each in due:
            out = [
                self.deliveries[name].endpoint
                for name, until in self.claimed.items()
                if until > now
            ]
            full = each.endpoint in skip or out.count(each.endpoint) >= per_endpoint
            if not full and len(taken) < limit:
                self.claimed[each.id] = now + lease
                self.deliveries[each.id] = replace(each, due=now + lease)
                taken.append(self.deliveries[each.id])
        return taken

    def settle(self, attempts: Sequence[Attempt]) -> None:
        self._answer()
        for each in attempts:
            self.settled.append(each)
            self.claimed.pop(each.delivery, None)
            old = self.deliveries[each.delivery]
            if old.state == "pending":
                self.deliveries[each.delivery] = replace(
                    old,
                    state=each.state,
                    status=each.status,
                    error=each.error,
                    due=each.due,
                    attempts=old.attempts + 1,
                )

    def next_due(self) -> float | None:
        self._answer()
        return min((each.due for each in self._live()), default=None)

    def endpoint(self, id: str) -> Endpoint | None:  # noqa: A002
        return self.endpoints.get(id)

    def disable_endpoint(self, id: str, reason: str) -> None:  # noqa: A002
        self._answer()
        self.endpoints[id] = replace(self.endpoints[id], disabled=reason)

    def _live(self) -> list[Delivery]:
        return [
            each
            for each in self.deliveries.values()
            if each.state == "pending"
            and (each.endpoint not in self.endpoints or not self.endpoints[each.endpoint].disabled)
        ]

    def _answer(self) -> None:
        self.asked += 1
        if self.broken > 0:
            self.broken -= 1
            raise StoreUnavailable("the database went for a walk")
