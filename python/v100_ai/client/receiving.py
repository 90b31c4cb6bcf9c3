"""What a receiver of webhooks does with each: nothing before it is verified."""

from collections.abc import Mapping
from typing import Any

from v100_ai.client.results import Event, made
from v100_ai.errors import ApiError, ExtraMissing, SignatureRejected


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> Event:
    """The event that a webhook brings. `body` are the bytes as they came, `headers` have any case.

    The same event may come twice, with the same `webhook-id`; its `seq` sorts it among others of its session.

    Raises:
        SignatureRejected: it was not signed with the secret, was changed, or was signed more than 5 minutes ago.
        ExtraMissing: standardwebhooks is not installed.
    """
    try:
        from standardwebhooks.webhooks import (  # noqa: PLC0415  # loaded when a webhook arrives
            EmptyWebhookSecretError,
            Webhook,
            WebhookVerificationError,
        )
    except ImportError:
        raise ExtraMissing("client", "standardwebhooks") from None
    try:
        found: Any = Webhook(secret).verify(body, dict(headers))
        return made(Event, found)
    except (
        EmptyWebhookSecretError,
        WebhookVerificationError,
        ApiError,
        ValueError,
        RecursionError,
    ) as error:
        raise SignatureRejected(f"expected a webhook signed with the secret: {error}") from None
