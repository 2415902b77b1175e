"""The receiver that the documentation shows takes what the service signs, and nothing else."""

import re
import time
from pathlib import Path

from service.callbacks.signature import read_secret, signed_headers

ROOT = Path(__file__).parents[3]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def documented_receiver():
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "callbacks.md").read_text(), re.DOTALL)
    names: dict = {}
    exec(code, names)
    return names["is_genuine"]


def test_the_receiver_of_the_documentation_works():
    is_genuine, now = documented_receiver(), int(time.time())
    headers = signed_headers(read_secret(SECRET), message_id="msg_1", timestamp=now, body=b"{}")
    assert is_genuine(headers, b"{}", SECRET)
    assert not is_genuine(headers, b"{ }", SECRET)
    assert not is_genuine(headers, b"{}", "whsec_" + "A" * 32)
    old = signed_headers(read_secret(SECRET), message_id="msg_1", timestamp=now - 3600, body=b"{}")
    assert not is_genuine(old, b"{}", SECRET)
