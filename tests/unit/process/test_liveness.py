"""Which web process counts as failed."""

import os
from pathlib import Path

from service.process.liveness import Watch


def test_a_process_without_a_new_sign_for_some_looks_has_failed(tmp_path: Path) -> None:
    watch, sign = Watch(tmp_path, silent_looks=3), tmp_path / "7"
    sign.touch()
    assert [watch.failed(7) for _ in range(4)] == [False, False, False, True]


def test_a_sign_begins_the_count_again(tmp_path: Path) -> None:
    watch, sign = Watch(tmp_path, silent_looks=2), tmp_path / "7"
    sign.touch()
    assert [watch.failed(7) for _ in range(2)] == [False, False]
    os.utime(sign, (1, 1))
    assert [watch.failed(7) for _ in range(3)] == [False, False, True]


def test_a_process_that_has_shown_no_sign_yet_is_loading(tmp_path: Path) -> None:
    watch = Watch(tmp_path, silent_looks=1)
    assert not any(watch.failed(7) for _ in range(10))
