"""Which words are missing cells: judged for a whole column, by what its other words are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.data.cell_words import MISSING

#: Programs and people write these for a cell that has no value, in any case.
SIGNS = frozenset(
    {"?", "-", "--", "---", "–", "—", ".", "..", "...", "*", "\\n", "<na>", "n.a.", "n.a", "(null)", "k.a."}
)
ERRORS = frozenset({"#n/a", "#na", "#n/a n/a", "#null!", "#div/0!", "#value!", "#ref!", "#num!", "#name?"})
#: Among numbers and times these are missing cells; among words they may have a meaning of their own.
WORDS = frozenset({"unknown", "missing", "nil", "undefined", "not available", "not applicable", "no data", "nan%"})

AMONG_VALUES = MISSING | SIGNS | ERRORS | WORDS
#: Words that are also the names of things: NA is Namibia, none is a choice.
NAMES = frozenset({"na", "none"})
#: From so many different words on, a word that looks like all others is one of them.
MIN_WORDS = 3

_FORMS = (
    ("code", re.compile(r"[A-Z]{2}")),
    ("upper", re.compile(r"[^\W\d_a-z]+")),
    ("lower", re.compile(r"[^\W\d_A-Z]+")),
    ("capitalised", re.compile(r"[^\W\d_a-z][^\W\d_A-Z]+")),
)


def missing_words(
    candidates: Sequence[str], others: Sequence[str], *, has_null: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of words in a column of categories that may be missing cells: those that are, and those that are categories, to
    judge by the column's other words. `has_null` says that the file writes missing cells in a way of its own."""
    kept = tuple(word for word in candidates if _is_a_category(word, others, has_null))
    return tuple(word for word in candidates if word not in kept), kept


def _is_a_category(word: str, others: Sequence[str], has_null: bool) -> bool:
    if not others:
        return False
    if word.lower() in SIGNS:
        # + and - may be classes; among words a sign is no word.
        return not any(re.search(r"\w", other) for other in others)
    if word.lower() not in NAMES:
        return False
    if has_null:
        return True
    form = _form(word)
    alike = sum(_form(other) == form for other in others)
    enough = len(others) >= (MIN_WORDS if word.lower() == "na" else 1)
    return enough and alike == len(others)


def _form(word: str) -> str:
    return next((name for name, pattern in _FORMS if pattern.fullmatch(word)), "other")
