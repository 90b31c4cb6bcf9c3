"""Endpoints of webhooks."""

from sqlalchemy import delete, select, update

from v100_ai.records import Endpoint
from v100_ai.store import deliveries
from v100_ai.store.answers import Idempotent, remember
from v100_ai.store.database import Part
from v100_ai.store.schema import DELIVERIES, ENDPOINTS


class Endpoints(Part):
    """The part of the store that knows where events are sent to."""

    def add_endpoint(
        self, endpoint: Endpoint, *, idempotent: Idempotent | None = None
    ) -> Idempotent | None:
        """Keep a new endpoint and, with it, the answer that tells of it, as `add_session` does.

        Raises:
            ValueError: there is an endpoint with this id.
        """
        with self._database.write() as db:
            if idempotent is not None:
                earlier = remember(db, idempotent, self._wall())
                if earlier is not None:
                    return earlier
            deliveries.add_endpoint(db, endpoint)
            return None

    def endpoint(self, id: str) -> Endpoint | None:  # noqa: A002
        """The endpoint as it is now."""
        with self._database.read() as db:
            row = db.execute(select(ENDPOINTS).where(ENDPOINTS.c.id == id)).one_or_none()
            return None if row is None else deliveries.endpoint(row)

    def endpoints(self, tenant: str) -> list[Endpoint]:
        """A tenant's endpoints, the newest first."""
        query = select(ENDPOINTS).where(ENDPOINTS.c.tenant == tenant)
        with self._database.read() as db:
            found = db.execute(query.order_by(ENDPOINTS.c.id.desc()))
            return [deliveries.endpoint(row) for row in found]

    def change_endpoint(self, endpoint: Endpoint) -> bool:
        """Keep all of the endpoint as it is given; False where there is none with this id.

        What is on its way to it goes on, to the new address.
        """
        with self._database.write() as db:
            changed = db.execute(
                update(ENDPOINTS)
                .where(ENDPOINTS.c.id == endpoint.id, ENDPOINTS.c.tenant == endpoint.tenant)
                .values(deliveries.endpoint_row(endpoint))
            )
            return changed.rowcount > 0

    def disable_endpoint(self, id: str, reason: str) -> None:  # noqa: A002
        """Send nothing more to the endpoint: what is on its way waits until it is enabled again."""
        with self._database.write() as db:
            db.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == id).values(disabled=reason))

    def remove_endpoint(self, id: str) -> bool:  # noqa: A002
        """Remove the endpoint and all that is on its way to it; False where there is none."""
        with self._database.write() as db:
            gone = db.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == id)).rowcount
            db.execute(delete(DELIVERIES).where(DELIVERIES.c.endpoint == id))
            return gone > 0
