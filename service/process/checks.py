"""A line for each thing that must be in order, and whether all of them are."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def run_checks(checks: Mapping[str, Callable[[], str]], write: Callable[[str], None]) -> bool:
    """Run each check, which returns what it found or raises with what is wrong; write a line for each."""
    results = [passes(name, check, write) for name, check in checks.items()]
    return all(results)


def passes(name: str, check: Callable[[], str], write: Callable[[str], None]) -> bool:
    try:
        found, ok = check(), True
    except Exception as error:
        found, ok = str(error), False
    write(f"{'ok  ' if ok else 'FAIL'}  {name:<14} {found}")
    return ok
