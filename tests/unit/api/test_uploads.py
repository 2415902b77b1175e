"""What may happen on the disk while a file is received."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from service.api.datasets.uploads import ABANDONED_AFTER_SECONDS, PREFIX, UploadWriter, forget_abandoned
from service.errors import StorageUnavailable

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "step",
    [lambda writer: writer.write(bytes(2**20)), lambda writer: writer.seek(0), lambda writer: writer.close()],
    ids=["write", "seek", "close"],
)
def test_a_disk_that_is_full_is_unavailable_whenever_the_buffer_is_emptied(step):
    writer = UploadWriter(FULL, 2**21)
    writer.write(b"still in the buffer")
    with pytest.raises(StorageUnavailable, match="No space left"):
        step(writer)
    with suppress(StorageUnavailable):
        writer.close()


def test_a_folder_that_has_gone_is_unavailable(tmp_path):
    with pytest.raises(StorageUnavailable, match="No such file"):
        UploadWriter(tmp_path / "gone" / "upload", 1000)


def test_an_upload_that_ends_while_others_are_looked_at_is_passed_over(tmp_path):
    old = tmp_path / f"{PREFIX}old"
    old.mkdir()
    os.utime(old, (0, old.stat().st_mtime - ABANDONED_AFTER_SECONDS - 1))
    for name in ("before", "zzz"):  # A link to nowhere is listed too, and is not there when it is looked at.
        (tmp_path / f"{PREFIX}{name}").symlink_to(tmp_path / "nowhere")
    forget_abandoned(tmp_path)
    assert not old.exists()
