"""What people may call a network or a snapshot, and which tags they may hang on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.errors import FieldError

#: Ids begin like this, so no new name may: a reference is then an id or a name. A name from before goes first.
ID_PREFIXES = ("net_", "job_", "snap_", "ds_", "ver_", "key_", "srch_", "mdl_", "pred_")
#: The first character is not a dot, because `.` and `..` have a meaning in paths.
NAME_PATTERN = rf"^(?!{'|'.join(ID_PREFIXES)})[A-Za-z0-9_-][A-Za-z0-9_.-]{{0,99}}$"
NAME_IN_WORDS = (
    f"must be 1 to 100 letters, digits, _ - or . without a dot in front, and not begin with {', '.join(ID_PREFIXES)}"
)
#: `GET /predict` takes inputs by name along with these arguments of its own, and such as begin with `_`; a column of
#: such a name is asked for as `c.<name>`.
QUERY_ARGUMENTS = ("network", "snapshot", "top_k")
#: What a snapshot reference means by itself.
SNAPSHOT_WORDS = ("live", "latest", "best", "initial")
#: Digits alone are the number of a version.
ALIAS_PATTERN = NAME_PATTERN.replace("(?!", f"(?!(?:{'|'.join(SNAPSHOT_WORDS)}|[0-9]+)$|", 1)

#: No database keeps a NUL character in a text; a colon ends the key in `?tag=key:value`.
TEXT_PATTERN = r"^[^\u0000]*$"
TAG_KEY_PATTERN = r"^[^\u0000:]+$"

MAX_DESCRIPTION = 4000
MAX_TAGS = 16
MAX_TAG_KEY = 64
MAX_TAG_VALUE = 512

_NAME = re.compile(NAME_PATTERN.removesuffix("$"))


def name_issues(name: str, field: str = "name") -> Iterator[FieldError]:
    if not _NAME.fullmatch(name):
        yield FieldError((field,), NAME_IN_WORDS)


def alias_issues(alias: str) -> Iterator[FieldError]:
    yield from name_issues(alias, "alias")
    if alias in SNAPSHOT_WORDS:
        yield FieldError(("alias",), f"must not be one of {', '.join(SNAPSHOT_WORDS)}: they have their own meaning")
    if alias.isascii() and alias.isdigit():
        yield FieldError(("alias",), f"must not be digits alone: {alias} is the number of a version")


def text_issues(text: str, field: str, max_length: int) -> Iterator[FieldError]:
    if len(text) > max_length:
        yield FieldError((field,), f"must have at most {max_length} characters, got {len(text)}")
    if "\0" in text:
        yield FieldError((field,), "must not hold a NUL character")


def tag_issues(tags: Mapping[str, Any]) -> Iterator[FieldError]:
    """Faults of tags: at most 16, keys of 1 to 64 characters, texts of at most 512."""
    if len(tags) > MAX_TAGS:
        yield FieldError(("tags",), f"must have at most {MAX_TAGS} keys, got {len(tags)}")
    for key, value in tags.items():
        if not 0 < len(key) <= MAX_TAG_KEY or "\0" in key or ":" in key:
            yield FieldError(
                ("tags", key), f"must have a key of 1 to {MAX_TAG_KEY} characters, no NUL or colon among them"
            )
        if not isinstance(value, str) or len(value) > MAX_TAG_VALUE or "\0" in value:
            yield FieldError(("tags", key), f"must be a text of at most {MAX_TAG_VALUE} characters, none of them NUL")
