"""Room tokens: who may publish or receive in one room, as whom, and until when; signed, and kept nowhere."""

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final

from v100_ai.errors import V100Error

PREFIX: Final = "rtk_"
LONGEST: Final = 2_000
"""Characters of a token that are looked at."""


class TokenRefused(V100Error):
    """A room token that is none, or is no longer good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token allows. `expires` is in seconds since 1970."""

    tenant: str
    session: str
    participant: str
    publish: bool
    subscribe: bool
    expires: float


def token(grant: Grant, secret: bytes) -> str:
    """The token of a grant."""
    fields = [
        grant.tenant,
        grant.session,
        grant.participant,
        int(grant.publish) + 2 * int(grant.subscribe),
        int(grant.expires),
    ]
    body = _coded(json.dumps(fields, separators=(",", ":")).encode())
    return f"{PREFIX}{body}.{_signed(body, secret)}"


def grant(text: str, secret: bytes, *, now: float) -> Grant:
    """What the token allows. Raises `TokenRefused`."""
    body, _, signature = text.removeprefix(PREFIX).partition(".")
    if (
        not text.startswith(PREFIX)
        or len(text) > LONGEST
        or not text.isascii()
        or not hmac.compare_digest(signature, _signed(body, secret))
    ):
        raise TokenRefused("expected a room token of this server")
    try:
        tenant, session, participant, bits, expires = json.loads(
            urlsafe_b64decode(body + "=" * (-len(body) % 4))
        )
        found = _grant(tenant, session, participant, bits, expires)
    except (ValueError, TypeError, binascii.Error) as broken:
        raise TokenRefused("expected a room token of this server") from broken
    if found.expires <= now:
        raise TokenRefused("expected a room token that has not expired")
    return found


def _grant(tenant: Any, session: Any, participant: Any, bits: Any, expires: Any) -> Grant:
    return Grant(
        tenant=str(tenant),
        session=str(session),
        participant=str(participant),
        publish=bool(int(bits) & 1),
        subscribe=bool(int(bits) & 2),
        expires=float(expires),
    )


def _signed(body: str, secret: bytes) -> str:
    return _coded(hmac.digest(secret, f"room:{body}".encode(), hashlib.sha256))


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
