import pytest

from v100_ai import clock
from v100_ai.client import verify
from v100_ai.delivery import headers, secret
from v100_ai.errors import SignatureRejected
from v100_ai.events import envelope

SECRET = secret()
BODY = envelope.body(
    id="evt_1", type="scene.cut", at=1.0, session="str_1", seq=3, epoch=1, data={"pts": 0.04}
)


def signed(body: bytes = BODY) -> dict[str, str]:
    found = headers("dlv_1", [SECRET], body, at=clock.wall())
    return {name.title(): value for name, value in found.items()}


def test_a_webhook_is_the_event_it_brings():
    event = verify(BODY, signed(), SECRET)
    assert (event.type, event.seq, event.data) == ("scene.cut", 3, {"pts": 0.04})


@pytest.mark.parametrize("key", [secret(), "", "whsec_", "whsec_!"])
def test_one_that_others_signed_is_refused(key: str):
    with pytest.raises(SignatureRejected):
        verify(BODY, signed(), key)


@pytest.mark.parametrize("body", [BODY[:-1], b"", b"\xff", BODY.replace(b"3", b"4")])
def test_one_that_was_changed_is_refused(body: bytes):
    with pytest.raises(SignatureRejected):
        verify(body, signed(), SECRET)


def test_one_without_a_signature_is_refused():
    with pytest.raises(SignatureRejected):
        verify(BODY, {}, SECRET)
    with pytest.raises(SignatureRejected):
        verify(BODY, {**signed(), "Webhook-Signature": "v1"}, SECRET)


def test_one_that_brings_no_event_is_refused():
    with pytest.raises(SignatureRejected):
        verify(b"[]", signed(b"[]"), SECRET)
