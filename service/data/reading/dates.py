"""Whether a whole column of texts is one of dates or moments, and in which order they are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.data.reading.evidence import Evidence
from service.data.reading.look import mostly
from service.data.reading.moment_text import is_plain_date, match_moment, read_moment
from service.data.reading.read_as import ORDERS
from service.data.reading.words import Words

#: Of so many different words it is looked whether they are dates.
COMPARED = 1000


@dataclass(frozen=True)
class Dates:
    """`readings` has what each word means by the orders in which all words are dates."""

    readings: dict[str, dict[str, datetime]]

    @property
    def is_ambiguous(self) -> bool:
        first, *others = self.readings.values()
        return any(other != first for other in others)

    @property
    def order(self) -> str:
        """The first of them."""
        return next(iter(self.readings))


def judged_dates(words: Words, wanted: str | None) -> Dates | None:
    """`wanted` is the order that a request has said."""
    sample = words.sample()
    orders = [order for order in ORDERS if sample and all(match_moment(word, order) for word in sample)]
    if not orders:
        return None
    different = words.different.to_pylist()
    readings: dict[str, dict[str, datetime]] = {}
    for order in orders:
        found = _all_read(different, order)
        if found is not None:
            readings[order] = found
    if wanted in readings:
        readings = {str(wanted): readings[str(wanted)]}
    return Dates(readings) if readings else None


def date_doubts(words: Words) -> list[str]:
    """What to say of a column of words in which most cells are dates, each by itself."""
    if not any(_order(word) for word in words.sample()):
        return []
    cells = dict(zip(words.different[:COMPARED].to_pylist(), words.counts[:COMPARED].to_pylist(), strict=True))
    orders = {word: _order(word) for word in cells}
    others = {word: cells[word] for word, order in orders.items() if order is None}
    if others:
        return mostly("dates", sum(cells.values()) - sum(others.values()), others)
    forms = {order: word for word, order in orders.items()}
    return [f"has dates that are not all written in one way ({', '.join(forms.values())}), and is taken for words"]


def _order(word: str) -> str | None:
    """The first in which it is a date."""
    return next((order for order in ORDERS if read_moment(word, order) is not None), None)


def _all_read(different: list[str], order: str) -> dict[str, datetime] | None:
    found: dict[str, datetime] = {}
    for word in different:
        moment = read_moment(word, order)
        if moment is None:
            return None
        found[word] = moment
    return found


def settled_order(dates: Dates, evidence: Evidence) -> tuple[str, str | None]:
    """Which order it is, and what to say where nothing but a guess decides."""
    if not dates.is_ambiguous:
        return dates.order, None
    if evidence.order in dates.readings:
        return str(evidence.order), None
    words = next(iter(dates.readings.values()))
    has_dots = any("." in word for word in words)
    day_first = has_dots or evidence.decimal == "," or evidence.delimiter == ";"
    order = "DMY" if day_first and "DMY" in dates.readings else "MDY" if "MDY" in dates.readings else dates.order
    word, moment = next(iter(dates.readings[order].items()))
    first = "day" if order == "DMY" else "month"
    other = "MDY" if order == "DMY" else "DMY"
    return order, (
        f"has dates whose day could be the month: the {first} is taken to be first ({word} is {moment:%Y-%m-%d}); "
        f"say dates={other} if it is not"
    )


def notes(words: Words, order: str) -> list[str]:
    """What else is to be said of dates in this order."""
    found = [match_moment(word, order) for word in words.sample()]
    years = [match["year"] for match in found if match is not None]
    zones = {match["zone"] is not None for match in found if match is not None and match["hour"] is not None}
    said = []
    if any(len(year) == 2 for year in years):
        said.append("has years of two digits: 00 to 68 are taken for 2000 to 2068, 69 to 99 for 1969 to 1999")
    if len(zones) > 1:
        said.append("has times with and without an offset from UTC; those without are taken to be in UTC")
    return said


def are_plain(words: Words, order: str) -> bool:
    """Whether no date has a time of day."""
    return all(is_plain_date(word, order) for word in words.different.to_pylist())
