"""Log lines for people, on standard error."""

from __future__ import annotations

import logging


def configure(role: str) -> None:
    """Begin every line with the time and what kind of process says it."""
    logging.basicConfig(
        level=logging.INFO,
        format=f"%(asctime)s {role} %(levelname)s: %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
        force=True,
    )
    for chatty in ("alembic", "huey", "celery"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
