"""The service from Python: `Client` for programs that block, `AsyncClient` for those that wait."""

from v100_ai.client.blocking import Client
from v100_ai.client.receiving import verify
from v100_ai.client.results import (
    Event,
    EventPage,
    Key,
    Notifications,
    Page,
    Participant,
    Session,
    Ticket,
    Webhook,
    WebhookDelivery,
)
from v100_ai.client.waiting import AsyncClient

__all__ = [
    "AsyncClient",
    "Client",
    "Event",
    "EventPage",
    "Key",
    "Notifications",
    "Page",
    "Participant",
    "Session",
    "Ticket",
    "Webhook",
    "WebhookDelivery",
    "verify",
]
