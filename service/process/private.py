"""Files of the service are readable by its own user only: databases, uploads, secrets."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

PRIVATE_FILES = 0o077
PRIVATE_FOLDER = 0o700


def keep_private() -> None:
    """Make every file that this process and its children create from now on private to their user."""
    os.umask(PRIVATE_FILES)


def make_private(folder: Path) -> None:
    """Make a folder private to its user; a folder of another user stays as it is."""
    with suppress(PermissionError):
        if folder.stat().st_mode & PRIVATE_FILES:
            folder.chmod(PRIVATE_FOLDER)
