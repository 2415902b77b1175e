"""Signatures by Standard Webhooks, against the numbers of its own documents and an independent reading."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.callbacks.signature import read_secret, signed_headers
from tests.receivers import Received


def test_the_example_of_the_reference_libraries_comes_out():
    key = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    headers = signed_headers(key, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(key=st.binary(min_size=24, max_size=64), body=st.binary(), timestamp=st.integers(0, 2**40))
def test_a_receiver_comes_to_the_same_signature(key, body, timestamp):
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = signed_headers(read_secret(secret), message_id="msg_1", timestamp=timestamp, body=body)
    Received("/", headers, body).assert_signed_by(secret)


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 200, "whsec_ä", "whsec_===="],
)
def test_what_is_no_secret_is_rejected_and_not_quoted(text):
    with pytest.raises(ValueError, match="must be whsec_ and the base64 of 24 to 64 random bytes$"):
        read_secret(text)
