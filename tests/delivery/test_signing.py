import base64
import random

import pytest
from hypothesis import given, strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from v100_ai import clock
from v100_ai.delivery import headers, secret, usable
from v100_ai.errors import SettingRejected

SECRETS = [secret() for _ in range(3)]

texts = st.text().map(lambda text: text.encode("utf-8", "ignore"))


def verify(body: bytes, signed: dict[str, str], key: str = SECRETS[0]) -> None:
    Webhook(key).verify(body, signed, json_parse=False)


@given(texts)
def test_a_receiver_with_the_reference_library_accepts_any_body(body: bytes):
    verify(body, headers("dlv_1", SECRETS[:1], body, at=clock.wall()))


def test_ten_thousand_random_bodies_verify_and_none_does_with_a_bit_changed():
    chance, now = random.Random(9), clock.wall()  # noqa: S311
    for _ in range(10_000):
        body = chance.randbytes(chance.randrange(1, 200)).hex().encode()
        signed = headers("dlv_1", SECRETS[:2], body, at=now)
        verify(body, signed, SECRETS[chance.randrange(2)])
        place, bit = chance.randrange(len(body)), chance.randrange(7)
        changed = body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :]
        with pytest.raises(WebhookVerificationError):
            verify(changed, signed)


@given(texts.filter(bool), st.data())
def test_any_changed_bit_of_the_body_is_noticed(body: bytes, data: st.DataObject):
    signed = headers("dlv_1", SECRETS[:1], body, at=clock.wall())
    bit = data.draw(st.integers(0, 8 * len(body) - 1))
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    # A body that is no UTF-8 any more is refused before its signature is looked at.
    with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
        verify(bytes(changed), signed)


@given(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.data())
def test_any_changed_character_of_a_header_is_noticed(name: str, data: st.DataObject):
    signed = headers("dlv_1", SECRETS[:1], b"{}", at=clock.wall())
    text = signed[name]
    # The last digit before the padding has bits that mean nothing.
    place = data.draw(st.integers(0, len(text) - (3 if name == "webhook-signature" else 1)))
    digits = "0123456789abcXYZ"
    step = data.draw(st.integers(1, len(digits) - 1))
    other = digits[(digits.find(text[place]) + step) % len(digits)]
    signed[name] = text[:place] + other + text[place + 1 :]
    with pytest.raises((WebhookVerificationError, ValueError)):
        verify(b"{}", signed)


def test_while_a_secret_is_rotated_out_both_are_good_and_no_third_is():
    signed = headers("dlv_1", SECRETS[:2], b"{}", at=clock.wall())
    assert signed["webhook-signature"].count(" ") == 1
    verify(b"{}", signed, SECRETS[0])
    verify(b"{}", signed, SECRETS[1])
    with pytest.raises(WebhookVerificationError):
        verify(b"{}", signed, SECRETS[2])


def test_what_was_signed_long_ago_is_not_accepted():
    with pytest.raises(WebhookVerificationError, match="old"):
        verify(b"{}", headers("dlv_1", SECRETS[:1], b"{}", at=clock.wall() - 400))


def test_the_signature_is_that_of_the_specification():
    # The example of the specification's own libraries.
    signed = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        b'{"test": 2432232314}',
        at=1614265330.9,
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_new_secrets_are_usable_and_differ():
    assert len(set(SECRETS)) == 3
    assert all(usable(each) for each in SECRETS)


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_short", "secret", "whsec_!!!", "whsec_" + "A" * 31]
    + ["whsec_" + base64.b64encode(bytes(size)).decode() for size in (0, 23, 65)],
)
def test_other_text_is_no_secret(text: str):
    assert not usable(text)


@pytest.mark.parametrize(
    ("secrets", "body"),
    [([], b"{}"), (["whsec_"], b"{}"), (["whsec_A"], b"{}"), (SECRETS, b"\xff")],
)
def test_what_cannot_be_signed_is_told_without_the_secret(secrets: list[str], body: bytes):
    with pytest.raises(SettingRejected) as caught:
        headers("dlv_1", secrets, body, at=0.0)
    assert "whsec" not in str(caught.value)
