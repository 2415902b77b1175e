"""What the words in a cell mean, and how a number is written as a word; the same in every format and everywhere."""

from __future__ import annotations

#: Texts that stand for a missing cell, in any case.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
#: As these a cell is read where yes and no are looked for; a column of 1 and 0 alone is one of numbers.
YES, NO = frozenset({"true", "yes"}), frozenset({"false", "no"})
ONE, ZERO = "1", "0"

#: From here on double precision cannot distinguish whole numbers from their neighbours.
MAX_EXACT = 2**53


def number_word(number: int | float) -> str:
    """A number as a category: without a point if it is whole, as far as all of its digits are known."""
    is_exact = isinstance(number, float) and number.is_integer() and abs(number) < MAX_EXACT
    return str(int(number) if is_exact else number)
