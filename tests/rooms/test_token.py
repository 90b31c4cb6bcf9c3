"""Room tokens, and what coturn is told."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from v100_ai.rooms import Grant, TokenRefused, credentials, grant, token

SECRET = b"s" * 32
GRANT = Grant(
    tenant="t", session="mtg_1", participant="Ünal 🎥", publish=True, subscribe=False, expires=100.0
)


@given(st.text(max_size=128), st.booleans(), st.booleans(), st.integers(1, 1 << 40))
def test_what_a_token_says_comes_back(participant, publish, subscribe, expires):
    made = replace(
        GRANT,
        participant=participant,
        publish=publish,
        subscribe=subscribe,
        expires=float(expires),
    )
    assert grant(token(made, SECRET), SECRET, now=expires - 1) == made


@given(st.integers(0, 10_000), st.characters())
def test_a_token_with_one_letter_changed_is_none(place, letter):
    text = token(GRANT, SECRET)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(TokenRefused):
            grant(changed, SECRET, now=0)


@pytest.mark.parametrize(
    "text", ["", "rtk_", "rtk_.", "rtk_e30.x", "v100_abc", "rtk_" + "a" * 9999]
)
def test_what_is_no_token_is_refused(text):
    with pytest.raises(TokenRefused):
        grant(text, SECRET, now=0)


def test_a_token_ends():
    with pytest.raises(TokenRefused, match="expired"):
        grant(token(GRANT, SECRET), SECRET, now=100)


def test_another_secret_makes_another_token():
    with pytest.raises(TokenRefused, match="of this server"):
        grant(token(GRANT, SECRET), b"other", now=0)


def test_credentials_are_as_coturn_checks_them():
    (server,) = credentials(["turn:relay.example:3478"], "north", 'a"b:c', now=1000.5)
    # turnutils_uclient -W north has the same: base64(HMAC-SHA1(secret, "expiry:user")).
    expires, _, who = server.username.partition(":")
    assert int(expires) == 1000 + 6 * 3600
    assert '"' not in who
    digest = hmac.new(b"north", server.username.encode(), hashlib.sha1).digest()
    assert server.credential == base64.b64encode(digest).decode()
    assert server.link.startswith('<turn:relay.example:3478>; rel="ice-server"; username=')
