"""What the service writes belongs to its own user: tables of users, callback secrets, databases."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

PRIVATE_FILES = 0o077
PRIVATE_FOLDER = 0o700


def keep_private() -> None:
    """Give every file that this process and its children make from now on to their user alone."""
    os.umask(PRIVATE_FILES)


def make_private(folder: Path) -> None:
    """Close a folder that others can look into; one that is somebody else's stays as it is."""
    with suppress(PermissionError):
        if folder.stat().st_mode & PRIVATE_FILES:
            folder.chmod(PRIVATE_FOLDER)
