"""Optuna, which only some of searches need: what uses it is imported where it is used."""

from __future__ import annotations

from importlib.util import find_spec

from service.errors import NotInstalled


def has_optuna() -> bool:
    return find_spec("optuna") is not None


def check_optuna(what: str, otherwise: str = "") -> None:
    """`what` begins the sentence, `otherwise` ends the message. Raises NotInstalled."""
    if not has_optuna():
        words = f"{what} the package optuna where the service runs: pip install 'optuna>=5,<6'."
        raise NotInstalled(f"{words} {otherwise}".rstrip())
