import pytest

from service.process.errors import CannotStart
from service.process.port import free_address


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".invalid"])
def test_a_host_that_is_no_name_is_rejected_in_a_sentence(host: str) -> None:
    with pytest.raises(CannotStart, match="is not known. Choose another with --host."):
        free_address(host, 8000)


def test_a_name_becomes_the_address_it_stands_for() -> None:
    assert free_address("127.0.0.1", 0) == "127.0.0.1"
