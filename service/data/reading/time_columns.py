"""Columns of texts that are dates, moments, or times of day."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.data.kinds.registry import KINDS
from service.data.reading.clock import read_clock
from service.data.reading.dates import Dates, are_plain, date_doubts, judged_dates, notes, settled_order
from service.data.reading.look import EXAMPLES, Finish, Look, ReadColumn, in_json
from service.data.reading.missing import AMONG_VALUES
from service.data.reading.read_as import ReadAs
from service.data.reading.words import Words

ISO_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def read_times(look: Look) -> ReadColumn | Finish | None:
    """None where the cells are no dates and no moments."""
    left = Words(look.words.cells, look.words.among(AMONG_VALUES))
    if not left.present:
        return None
    if (found := KINDS["time"].recognised(left.cells)) is not None:
        look.words.take_away([*left.missing])
        is_day = bool(pc.all(pc.match_substring_regex(look.words.cells, ISO_DATE)).as_py())
        return ReadColumn(found, in_json(_with_missing(look), look.words, is_day=is_day))
    dates = judged_dates(left, look.settings.dates)
    if dates is None:
        look.said += date_doubts(left)
        return None
    look.words.take_away([*left.missing])
    if dates.is_ambiguous:
        return lambda: _finished(look, dates)
    if dates.order != "YMD":
        look.evidence.add_order(dates.order)
    return _finished(look, dates)


def read_clock_times(look: Look) -> ReadColumn | None:
    """Times of day as hours; None where the cells are none."""
    left = Words(look.words.cells, look.words.among(AMONG_VALUES))
    sample = left.sample()
    if not sample or any(read_clock(word) is None for word in sample):
        return None
    hours = {word: read_clock(word) for word in left.different.to_pylist()}
    if None in hours.values():
        return None
    look.words.take_away([*left.missing])
    text, value = max(list(hours.items())[:EXAMPLES], key=lambda item: item[1] or 0)
    return ReadColumn(
        look.words.mapped(hours, pa.float64()),
        in_json(_with_missing(look, clock=True), look.words, examples=[*hours.items()][:EXAMPLES]),
        [f"has times of day, read as hours: {text} is {value:g}"],
    )


def _finished(look: Look, dates: Dates) -> ReadColumn:
    order, guess = settled_order(dates, look.evidence)
    is_day = are_plain(look.words, order)
    moments = {word: moment.replace(tzinfo=None) for word, moment in dates.readings[order].items()}
    examples = [
        (word, f"{moment.date().isoformat()}" if is_day else f"{moment.isoformat()}Z")
        for word, moment in [*moments.items()][:EXAMPLES]
    ]
    return ReadColumn(
        look.words.mapped(moments, pa.timestamp("us")),
        in_json(_with_missing(look, dates=order), look.words, examples=examples, is_day=is_day),
        [*([guess] if guess else []), *notes(look.words, order)],
    )


def _with_missing(look: Look, *, dates: str | None = None, clock: bool = False) -> ReadAs:
    return ReadAs(dates=dates, clock=clock, missing=tuple(look.words.missing))
