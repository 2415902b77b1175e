"""Write feedforward_client/_sync from _async: the same code without its awaits. `python clients/python/unasync.py`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "feedforward_client"
WORDS = {
    r"async def ": "def ",
    r"async for ": "for ",
    r"async with ": "with ",
    r"await ": "",
    r"from asyncio import sleep": "from time import sleep",
    r"__aenter__": "__enter__",
    r"__aexit__": "__exit__",
    r"\baclose\b": "close",
    r"\baread\b": "read",
    r"\baiter_lines\b": "iter_lines",
    r"\b_async\b": "_sync",
    r"\bAsync([A-Z]\w+)": r"\1",
}
HEADER = "# Generated from _async by unasync.py; change it there.\n"


def sync_code(code: str) -> str:
    if not code:
        return code
    for pattern, word in WORDS.items():
        code = re.sub(pattern, word, code)
    docstring, rest = code.split("\n", 1)
    return _formatted(f"{docstring}\n{HEADER}{rest}")


def _formatted(code: str) -> str:
    for arguments in (["check", "--quiet", "--fix", "--select", "I", "-"], ["format", "-"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(PACKAGE / "_sync/a.py")]
        code = subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout
    return code


def main() -> None:
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        code = source.read_text()
        (PACKAGE / "_sync" / source.name).write_text(sync_code(code))


if __name__ == "__main__":
    main()
