"""Files of numbers as people write them, with what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

DECIMALS = (".", ",")
GROUPS = ("", ",", ".", "'", " ", "\u00a0", "\u202f", "’")
UNITS = ("", "%", " %", "$", "€", " €", " kg", "CHF ", " USD", "₩")
SIGNS = ("-", "−", "()")
MISSING = ("", "NA", "?", "-", "n/a", "#N/A", "NULL", ".")
BEFORE = ("$", "CHF ", "₩")


@dataclass(frozen=True)
class Written:
    """A column of numbers: its cells, and what each of them means; None is missing."""

    cells: list[str]
    meant: list[float | None]


def written(number: Decimal, decimal: str, group: str, unit: str, sign: str) -> str:
    whole, _, fraction = f"{abs(number):f}".partition(".")
    grouped = whole if not group else f"{int(whole):,}".replace(",", group)
    digits = grouped + (decimal + fraction if fraction else "")
    text = f"{unit}{digits}" if unit in BEFORE else f"{digits}{unit}"
    if number >= 0:
        return text
    return f"({text})" if sign == "()" else f"{sign}{text}"


@st.composite
def columns(draw, rows: int, decimal: str, group: str) -> Written:
    unit, sign = draw(st.sampled_from(UNITS)), draw(st.sampled_from(SIGNS))
    missing, places = draw(st.sampled_from(MISSING)), draw(st.integers(0, 4))
    limit = 10 ** draw(st.integers(1, 7))
    integers = st.integers(-limit if draw(st.booleans()) else 0, limit)
    cells, meant = [], []
    for _ in range(rows):
        if draw(st.integers(0, 9)) == 0:
            cells.append(missing)
            meant.append(None)
            continue
        number = Decimal(draw(integers)).scaleb(-places)
        cells.append(written(number, decimal, group, unit, sign))
        meant.append(float(number))
    return Written(cells, meant)


@st.composite
def files(draw) -> tuple[str, dict[str, Written]]:
    """A file's delimiter, and its columns: of one country, so with one decimal sign and one sign between thousands."""
    decimal = draw(st.sampled_from(DECIMALS))
    group = draw(st.sampled_from([sign for sign in GROUPS if sign != decimal]))
    rows = draw(st.integers(2, 12))
    names = [f"c{place}" for place in range(draw(st.integers(1, 3)))]
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    return delimiter, {name: draw(columns(rows, decimal, group)) for name in names}


def as_csv(delimiter: str, columns: dict[str, Written]) -> str:
    rows = zip(*(column.cells for column in columns.values()), strict=True)
    quoted = (delimiter.join(f'"{cell}"' for cell in row) for row in ([*columns], *rows))
    return "\n".join(quoted) + "\n"
