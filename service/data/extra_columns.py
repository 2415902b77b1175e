"""Columns of a user's rows that a network does not take: most are ignored, but not one that may be misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from service.schema.rules import nearest, shown
from service.schema.validation import ValidationIssue

#: Why a column is ignored.
TARGET, NO_INPUT = "target", "no_input"
#: Names with fewer or more characters are only compared whole.
COMPARED = range(3, 65)

Names = frozenset[str]


class KnownColumns:
    """The inputs of a network by name, and its targets."""

    def __init__(self, inputs: Iterable[str], *, needed: Collection[str] = (), targets: Collection[str] = ()) -> None:
        """`needed` are the inputs that every row must name."""
        self.inputs = dict.fromkeys(inputs)
        self.needed = dict.fromkeys(needed)
        self.targets = frozenset(targets)

    def near(self, name: str, given: Collection[str]) -> str | None:
        """An input that is not given, and that differs from the name by at most one typing error, its capitals and
        its punctuation; digits count, so that `x1` is not near to `x2`."""
        places = (place for spelling in _spellings(name) for place in self._by_spelling.get(spelling, ()))
        return next((place for place in places if place not in given and _digits(place) == _digits(name)), None)

    @cached_property
    def _by_spelling(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.inputs:
            for spelling in _spellings(name):
                found.setdefault(spelling, []).append(name)
        return found


class ExtraColumns:
    """Collects what the rows of one request hold beside the inputs of their network."""

    def __init__(self, known: KnownColumns) -> None:
        self.ignored: dict[str, str] = {}
        self._known = known
        self._sound: set[Names] = set()  #: names of rows that have been looked at

    def issues(self, names: Collection[str], *place: str | int) -> Iterator[ValidationIssue]:
        """Columns of a row that may be misspelt inputs; any other is ignored from now on."""
        given = frozenset(names)
        if given in self._sound:
            return
        lacking = [name for name in self._known.needed if name not in given]
        extra = [name for name in names if name not in self._known.inputs]
        found = [
            ValidationIssue((*place, name), words) for name in extra if (words := self._words(name, given, lacking))
        ]
        if not found:
            self._sound.add(given)
        yield from found

    def _words(self, name: str, given: Names, lacking: Sequence[str]) -> str | None:
        """What is wrong with an extra column; None for one that is ignored."""
        if name in self._known.targets:
            self.ignored[name] = TARGET
            return None
        if (near := self._known.near(name, given)) is not None:
            return f'unknown column {shown(name)}; did you mean "{near}"? If not, name "{near}" too, or leave this out'
        if lacking and (near := nearest(name, lacking)):
            return f'unknown column {shown(name)}; did you mean "{near}"?'
        self.ignored[name] = NO_INPUT
        return None


def _spellings(name: str) -> Iterator[str]:
    """A name without capitals and punctuation, and what is left of it without one of its characters.

    Two names have one of these in common if one character was left out, added, replaced or swapped with the next.
    """
    plain = "".join(filter(str.isalnum, name.casefold())) or name
    yield plain
    if len(plain) in COMPARED:
        yield from (plain[:place] + plain[place + 1 :] for place in range(len(plain)))


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
