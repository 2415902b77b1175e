"""Columns that are no data to learn from: ids, row numbers, copies of other columns, free text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from service.data.id_columns import ID_SHARE, MIN_ROWS, is_like_an_id

if TYPE_CHECKING:
    import pyarrow as pa

Json = dict[str, Any]
Numbers = npt.NDArray[np.float64]

#: Different whole numbers are ids if this many pairs of equal ones would be expected by chance.
MIN_COLLISIONS = 3.0
#: How far the numbers of an id may be from evenly spread, as a share of rows.
EVENLY = 0.08
#: A measured number ends in 0 more often than one in ten times.
ROUND_SHARE = 0.3
#: Seconds and milliseconds since 1970, in this century.
UNIX_TIMES = ((9e8, 4.2e9), (9e11, 4.2e12))
#: Texts of so many words each are sentences.
SENTENCE_WORDS, SENTENCE_CHARACTERS = 6.0, 60.0
SAMPLED = 10_000
#: Words that come so seldom teach a network nothing about the next row.
SELDOM = 0.5
#: `id`, `customer_id`, `Customer No`, `customerId`; not `paid`.
_ID_NAME = re.compile(
    r"(?i:(^|[\W_])(ids?|uuid|guid|pk|key|nr|no|number|code|idx|index|row|번호|아이디)$)|[a-z0-9](Id|ID|Nr|No|Key)$|"
    r"(?i:^(customer|client|user|account|order|invoice|patient|member|employee|transaction|ticket|case|record|serial)$)"
)
_CODE = r"^\{?[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?$|^(0x)?[0-9a-fA-F]{16,128}$"
_INDEX = re.compile(r"__index_level_\d+__|Unnamed: ?0|index|level_0|rownames")


@dataclass(frozen=True)
class Role:
    """`reason` is the end of a sentence; a column that is not `sure` to be of no use is asked about, not left out."""

    code: str  #: id, index, duplicate, text, words
    reason: str
    sure: bool = True
    of: str | None = None  #: the column that it repeats

    def to_json(self) -> Json:
        return {"code": self.code, "reason": self.reason, "sure": self.sure} | ({"of": self.of} if self.of else {})


def roles(table: pa.Table, columns: Sequence[Json], index: Sequence[str] = ()) -> dict[str, Role]:
    """The roles of those columns that have one; `index` are columns that the file itself calls row numbers."""
    found: dict[str, Role] = {}
    known: dict[bytes, str] = {}
    for column in columns:
        name, cells = column["name"], table[column["name"]]
        role = _own_role(name, cells, column, is_index=name in index)
        if role is None and _is_of_use(column, table.num_rows):
            original = known.setdefault(_digest(cells, column["type"]), name)
            if original != name:
                role = Role("duplicate", f'is the same as "{original}" in every row', of=original)
        if role is not None:
            found[name] = role
    return found


def _is_of_use(column: Json, rows: int) -> bool:
    profile = column["profile"]
    return bool(profile["distinct"] > 1 and rows >= 2)


def _own_role(name: str, cells: pa.ChunkedArray, column: Json, *, is_index: bool) -> Role | None:
    profile, rows = column["profile"], len(cells)
    present, distinct = rows - profile["missing"], profile["distinct"]
    if is_index or (_INDEX.fullmatch(name) and distinct == present and column["type"] == "number"):
        return Role("index", "is the row numbers, or index, of a data frame")
    if present < MIN_ROWS:
        return None
    if column["type"] == "number" and distinct == present:
        return _number_role(name, cells.drop_null().to_numpy())
    return _word_role(cells, present, distinct) if column["type"] == "category" else None


def _number_role(name: str, numbers: Numbers) -> Role | None:
    """Of a column in which no number comes twice."""
    low, high, count = float(numbers.min()), float(numbers.max()), len(numbers)
    if not np.isfinite(numbers).all() or not (numbers == np.round(numbers)).all():
        return None
    if any(least <= low and high <= most for least, most in UNIX_TIMES) and not _ID_NAME.search(name):
        return Role("id", "holds whole numbers that may be times in seconds since 1970, or ids", sure=False)
    chance = count * (count - 1) / 2 / (high - low + 1)
    found = f"{count:,} different whole numbers in {count:,} rows"
    if high - low + 1 == count or chance > MIN_COLLISIONS or _ID_NAME.search(name):
        return Role("id", f"looks like an id: {found}")
    if _is_spread_evenly(numbers, low, high):
        return Role("id", f"may be an id: {found}, spread evenly", sure=False)
    return None


def _is_spread_evenly(numbers: Numbers, low: float, high: float) -> bool:
    """As ids are that are drawn or counted; what is measured gathers somewhere, and is rounded to tens."""
    ranks = (np.arange(len(numbers)) + 0.5) / len(numbers)
    distance = np.abs((np.sort(numbers) - low) / (high - low) - ranks).max()
    limit = max(EVENLY, 1.36 / np.sqrt(len(numbers)))
    return bool(distance < limit and (numbers % 10 == 0).mean() < ROUND_SHARE and high - low > 100 * len(numbers))


def _word_role(cells: pa.ChunkedArray, present: int, distinct: int) -> Role | None:
    import pyarrow.compute as pc

    sample = cells.drop_null().slice(0, SAMPLED)
    found = f"{distinct:,} different values in {present:,} rows"
    words = pc.mean(pc.add(pc.count_substring_regex(pc.utf8_trim_whitespace(sample), r"\s+"), 1)).as_py()
    length = pc.mean(pc.utf8_length(sample)).as_py()
    if (words >= SENTENCE_WORDS or length >= SENTENCE_CHARACTERS) and distinct > SELDOM * present:
        return Role("text", f"holds free text, {words:.0f} words in a cell on average, and texts are not read as such")
    if pc.all(pc.match_substring_regex(sample, _CODE)).as_py():
        sure = distinct > SELDOM * present
        return Role("id", f"holds codes such as {sample[0].as_py()[:36]}: {found}", sure=sure)
    if distinct > ID_SHARE * present:
        return Role("id", f"looks like an id: {found}")
    if distinct > SELDOM * present:
        return Role(
            "words", f"has {found}: most come only once or twice, so a network learns little from them", sure=False
        )
    return None


def _digest(cells: pa.ChunkedArray, kind: str) -> bytes:
    """Equal for columns of one kind with equal cells."""
    import hashlib

    import pyarrow as pa

    digest = hashlib.sha256(kind.encode())
    if kind == "category":
        codes = cells.combine_chunks().dictionary_encode() if isinstance(cells, pa.ChunkedArray) else cells
        codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
        digest.update("\0".join(codes.dictionary.to_pylist()).encode())
        digest.update(codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).tobytes())
    else:
        numbers = cells.cast("double" if kind in ("number", "boolean") else "int64")
        for piece in numbers.chunks:
            digest.update(piece.is_null().to_numpy(zero_copy_only=False).tobytes())
            digest.update(piece.fill_null(0).to_numpy(zero_copy_only=False).tobytes())
    return digest.digest()


def warnings_of(found: Mapping[str, Role]) -> Iterable[str]:
    return (f'"{name}" {role.reason}' for name, role in found.items())


def role_of(column: Mapping[str, Any], rows: int) -> Role | None:
    """The role that is on record; of a data set that was read before roles were, what its profile shows."""
    if (known := column.get("role")) is not None:
        return Role(**known)
    profile = column.get("profile") or {}
    if "role" not in column and is_like_an_id(str(column["type"]), profile, rows):
        return Role("id", "looks like an id: it has another value in (nearly) every row")
    return None
