"""Runs checks and reports a line for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Check = Callable[[], str]  #: returns what it found, or raises


def run_checks(checks: Mapping[str, Check], write: Callable[[str], None], words: Callable[[Exception], str]) -> bool:
    """Run every check, write a line for each, and return whether all passed; `words` turns an exception into text."""

    def passes(name: str, check: Check) -> bool:
        try:
            found, ok = check(), True
        except Exception as error:
            found, ok = words(error), False
        write(f"{'ok  ' if ok else 'FAIL'}  {name:<14} {found}")
        return ok

    return all([passes(name, check) for name, check in checks.items()])  # noqa: C419  # every check runs
