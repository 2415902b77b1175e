"""A call as a line for the shell."""

from __future__ import annotations

import json
import shlex
from typing import Any


def get_line(url: str) -> str:
    return f"curl {shlex.quote(url)}"


def post_line(url: str, body: Any) -> str:
    return f"curl {shlex.quote(url)} -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"
