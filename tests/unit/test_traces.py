import pytest

from service.domain.traces import read_traceparent, trace_id

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{PARENT}-01"


def test_a_traceparent_is_kept_as_it_came():
    assert read_traceparent(VALID) == VALID
    assert trace_id(VALID) == TRACE
    assert trace_id(None) is None


def test_what_a_later_version_adds_is_dropped():
    assert read_traceparent(f"cc-{TRACE}-{PARENT}-01-what-comes-later") == VALID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        VALID.upper(),
        VALID[:-1],
        VALID + "-more",
        VALID + "\n",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
    ],
)
def test_what_is_not_valid_is_ignored(text):
    assert read_traceparent(text) is None
