"""Where clients find a relay when UDP does not reach the server: coturn beside it, with credentials that end.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the name is when it ends and who it is
for, the password an HMAC-SHA1 of that.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LASTS: Final = 6 * 3600
"""Seconds a credential is good for; coturn asks for it again all that time."""


@dataclass(frozen=True, slots=True)
class IceServer:
    """One server, as `RTCPeerConnection` takes it."""

    url: str
    username: str
    credential: str

    @property
    def link(self) -> str:
        """As a `Link` header of WHIP has it (RFC 9725 4.4)."""
        return (
            f'<{self.url}>; rel="ice-server"; username="{self.username}"; '
            f'credential="{self.credential}"; credential-type="password"'
        )


def credentials(urls: Sequence[str], secret: str, who: str, *, now: float) -> list[IceServer]:
    """The servers at `urls`, with a name and a password for `who`."""
    # What may stand in a header and means nothing to coturn: its own separator is the colon.
    named = hashlib.sha256(who.encode()).hexdigest()[:16]
    username = f"{int(now) + LASTS}:{named}"
    password = b64encode(hmac.digest(secret.encode(), username.encode(), hashlib.sha1)).decode()
    return [IceServer(url, username, password) for url in urls]
