"""The headers that prove to a receiver who sent a body, as Standard Webhooks has them."""

import base64
import secrets as chance
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from v100_ai.errors import SettingRejected

PREFIX: Final = "whsec_"

SHORTEST, LONGEST = 24, 64
"""Bytes of a secret (Standard Webhooks)."""


def secret() -> str:
    """A new secret."""
    return PREFIX + base64.b64encode(chance.token_bytes(32)).decode()


def usable(text: str) -> bool:
    """Whether the text is a secret: `whsec_` and 24 to 64 bytes in base64."""
    if not text.startswith(PREFIX):
        return False
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:
        return False
    return SHORTEST <= len(key) <= LONGEST


def headers(id: str, secrets: Sequence[str], body: bytes, *, at: float) -> dict[str, str]:  # noqa: A002
    """`webhook-id`, `webhook-timestamp` and `webhook-signature` of a body that is UTF-8, sent at `at`.

    Each secret signs; a receiver that knows one of them is content.

    Raises:
        SettingRejected: there is no secret, or one that cannot be used, or the body is not UTF-8.
    """
    moment = datetime.fromtimestamp(int(at), UTC)
    try:
        text = body.decode()
        signed = [Webhook(each).sign(id, moment, text) for each in secrets]
    except (ValueError, EmptyWebhookSecretError) as error:
        raise SettingRejected(f"{id} cannot be signed: {type(error).__name__}") from None
    if not signed:
        raise SettingRejected(f"{id} cannot be signed: expected a secret, found none")
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(signed),
    }
