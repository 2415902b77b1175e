"""The error messages of marshmallow in the style of ours: what a field must be, in lower case."""

from __future__ import annotations

import re

_WORDS = {
    "Missing data for required field.": "is required",
    "Field may not be null.": "must not be null",
    "Invalid input type.": "must be an object",
    "Not a valid string.": "must be a text",
    "Not a valid integer.": "must be a whole number",
    "Not a valid number.": "must be a number",
    "Not a valid boolean.": "must be true or false",
    "Not a valid list.": "must be a list",
    "Not a valid mapping type.": "must be an object",
}
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Must be one of: (.*)\.", r"must be one of \1"),
        (r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.", r"must be between \1 and \2"),
        (r"Must be greater than or equal to (\S+)\.", r"must be at least \1"),
        (r"Must be less than or equal to (\S+)\.", r"must be at most \1"),
        (r"Shorter than minimum length (\d+)\.", r"must have a length of at least \1"),
        (r"Longer than maximum length (\d+)\.", r"must have a length of at most \1"),
        (r"Length must be between (\d+) and (\d+)\.", r"must have a length between \1 and \2"),
        (r"Length must be (\d+)\.", r"must have a length of \1"),
    )
)


def reword(message: str) -> str:
    """A message of marshmallow in our words; one of our own as it is."""
    if message in _WORDS:
        return _WORDS[message]
    for pattern, words in _PATTERNS:
        if found := pattern.fullmatch(message):
            return found.expand(words)
    return message
