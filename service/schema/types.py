"""Types of JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

#: A JSON object, which its reader does not change.
Json: TypeAlias = Mapping[str, Any]
#: That of a request.
Body: TypeAlias = Json
