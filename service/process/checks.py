"""A line for each thing that must be in order, and whether all of them are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Check = Callable[[], str]  #: returns what it found, or raises


def run_checks(checks: Mapping[str, Check], write: Callable[[str], None], words: Callable[[Exception], str]) -> bool:
    """Run each check and write a line for it; `words` say what is wrong by what was raised."""

    def passes(name: str, check: Check) -> bool:
        try:
            found, ok = check(), True
        except Exception as error:
            found, ok = words(error), False
        write(f"{'ok  ' if ok else 'FAIL'}  {name:<14} {found}")
        return ok

    return all([passes(name, check) for name, check in checks.items()])  # noqa: C419  # every check runs
