"""Bodies in memory and in files, and the budget they share."""

from pathlib import Path

import pytest

from service.errors import StorageUnavailable, TooManyBodies
from service.process.front.spool import IN_MEMORY_BYTES, Spool, SpoolBudget

KIB = 1024


def store(spool: Spool, *pieces: bytes) -> None:
    for piece in pieces:
        if not spool.keep(piece):
            spool.write(piece)


def test_a_small_body_stays_in_memory(tmp_path: Path) -> None:
    spool = Spool(SpoolBudget(memory_bytes=KIB, total_bytes=KIB), tmp_path / "spool")
    store(spool, b"one ", b"two")
    assert (spool.open().read(), spool.size_bytes, spool.is_in_file) == (b"one two", 7, False)
    assert not (tmp_path / "spool").exists()


def test_a_large_body_goes_into_a_file_that_has_no_name(tmp_path: Path) -> None:
    spool = Spool(SpoolBudget(memory_bytes=4 * IN_MEMORY_BYTES, total_bytes=4 * IN_MEMORY_BYTES), tmp_path / "spool")
    pieces = [b"a" * (IN_MEMORY_BYTES - 1), b"bb", b"c"]
    store(spool, *pieces)
    assert spool.open().read() == b"".join(pieces)
    assert (spool.size_bytes, spool.is_in_file) == (IN_MEMORY_BYTES + 2, True)
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_where_memory_is_taken_a_small_body_goes_into_a_file_too(tmp_path: Path) -> None:
    budget = SpoolBudget(memory_bytes=10, total_bytes=KIB)
    first, second = Spool(budget, tmp_path), Spool(budget, tmp_path)
    store(first, b"12345678")
    store(second, b"12345678")
    assert (first.is_in_file, second.is_in_file) == (False, True)
    assert second.open().read() == b"12345678"
    second.close()


def test_a_budget_that_is_taken_rejects_more_until_a_body_is_closed(tmp_path: Path) -> None:
    budget = SpoolBudget(memory_bytes=10, total_bytes=20)
    first, second = Spool(budget, tmp_path), Spool(budget, tmp_path)
    store(first, b"12345678", b"12345678")
    with pytest.raises(TooManyBodies):
        store(second, b"123456")
    second.close()
    first.close()
    for _ in range(3):
        again = Spool(budget, tmp_path)
        store(again, b"1234567890", b"1234567890")
        again.close()


def test_a_folder_that_cannot_be_made_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    spool = Spool(SpoolBudget(memory_bytes=0, total_bytes=KIB), tmp_path / "file" / "spool")
    with pytest.raises(StorageUnavailable, match="cannot be kept"):
        store(spool, b"1")
