"""Curves by epoch as an SVG chart: training solid, validation dashed, in a colour-blind-safe palette."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from service.api.history.axes import Axis, epoch_axis, value_axis

WIDTH, LEFT, RIGHT = 800, 72, 776
PLOT_HEIGHT, FOOT = 312, 48
TITLE_LINE, LEGEND_LINE, LINE_HEIGHT = 32, 60, 20
#: Only values between these are drawn: beyond them, axis arithmetic would overflow.
SMALLEST, LARGEST = 1e-150, 1e150
LETTER_WIDTH = 6.8  #: average width in the legend; SVG cannot measure text before it is rendered

#: Okabe & Ito 2008, "Color universal design": for a light background and, lighter, for a dark one.
LIGHT = ("#0072b2", "#d55e00", "#009e73", "#aa4a88", "#8a6d00", "#2a9fd6", "#555555", "#b3312c")
DARK = ("#56b4e9", "#ff9e4a", "#2fc79a", "#e8a3c9", "#e6c229", "#9ad4f5", "#bbbbbb", "#ff8a80")


@dataclass(frozen=True, kw_only=True)
class Curve:
    points: Sequence[tuple[int, float]]  #: (epoch, value); a value that is not finite or too large to draw leaves a gap
    name: str = ""  #: a curve without a name stays out of the legend
    dashed: bool = False
    colour: int = 0
    best_epoch: int | None = None  #: marked if the curve has a value there


def draw(title: str, curves: Sequence[Curve], *, logarithmic: bool = False) -> str:
    """Return an SVG document. A logarithmic axis shows only positive values."""
    shown = [_visible(curve, logarithmic) for curve in curves]
    values = [value for curve in shown for _, value in curve.points if not math.isnan(value)]
    legend, top = _legend([curve for curve in shown if curve.name])
    bottom = top + PLOT_HEIGHT
    body = [_text(LEFT, TITLE_LINE, title, "title"), *legend]
    if values:
        epochs = [epoch for curve in shown for epoch, _ in curve.points]
        x = epoch_axis(epochs, start=LEFT, end=RIGHT)
        y = value_axis(values, start=bottom, end=top, logarithmic=logarithmic)
        body += [*_grid(x, y), *(_path(curve, x, y) for curve in shown), *_marks(shown, x, y)]
    else:
        body.append(_text((LEFT + RIGHT) / 2, (top + bottom) / 2, "No values to show yet.", "empty"))
    return _document(title, body, height=bottom + FOOT)


def _visible(curve: Curve, logarithmic: bool) -> Curve:
    low = SMALLEST if logarithmic else -LARGEST
    points = [(epoch, value if low <= value <= LARGEST else math.nan) for epoch, value in curve.points]
    return replace(curve, points=points)


def _path(curve: Curve, x: Axis, y: Axis) -> str:
    steps: list[str] = []
    pen_down = False
    for epoch, value in curve.points:
        if math.isnan(value):
            pen_down = False
            continue
        # `h0` lets the round line cap draw a dot, so that a value between two gaps is visible.
        steps.append(
            f"{'L' if pen_down else 'M'}{x.position(epoch):.1f} {y.position(value):.1f}{'' if pen_down else 'h0'}"
        )
        pen_down = True
    return f'<path class="curve {_style(curve)}" d="{"".join(steps)}"/>'


def _marks(curves: Sequence[Curve], x: Axis, y: Axis) -> Iterator[str]:
    """A ring at the best epoch of each curve, with its value as text if there is only one."""
    marks = [
        (curve.colour, epoch, value) for curve in curves for epoch, value in curve.points if epoch == curve.best_epoch
    ]
    for colour, epoch, value in marks:
        if math.isnan(value):
            continue
        left, top = x.position(epoch), y.position(value)
        words = f"best at epoch {epoch}: {value:.4g}"
        ring = f'<circle class="best {_colour(colour)}" cx="{left:.1f}" cy="{top:.1f}" r="5">'
        yield f"{ring}<title>{words}</title></circle>"
        if len(marks) == 1:
            yield _text(left, top - 14, words, "mark end" if left > (LEFT + RIGHT) / 2 else "mark")


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    for tick in y.ticks():
        top = y.position(tick)
        yield f'<path class="grid" d="M{LEFT} {top:.1f}H{RIGHT}"/>'
        yield _text(LEFT - 8, top + 4, f"{tick:.6g}", "tick end")
    for tick in x.ticks():
        yield f'<path class="axis" d="M{x.position(tick):.1f} {y.start:.1f}v5"/>'
        yield _text(x.position(tick), y.start + 20, f"{tick:.0f}", "tick middle")
    yield f'<path class="axis" d="M{LEFT} {y.start:.1f}H{RIGHT}"/>'
    yield _text((LEFT + RIGHT) / 2, y.start + 40, "epoch", "tick middle")


def _legend(curves: Sequence[Curve]) -> tuple[list[str], float]:
    """The legend's elements, and the height at which the plot below may begin."""
    left, line, items = float(LEFT), float(LEGEND_LINE), []
    for curve in curves:
        width = 32 + len(curve.name) * LETTER_WIDTH + 24
        if left > LEFT and left + width > RIGHT:
            left, line = float(LEFT), line + LINE_HEIGHT
        items.append(f'<path class="curve {_style(curve)}" d="M{left:.1f} {line - 4:.1f}h24"/>')
        items.append(_text(left + 32, line, curve.name, "name"))
        left += width
    return items, line + LINE_HEIGHT


def _style(curve: Curve) -> str:
    return _colour(curve.colour) + (" dashed" if curve.dashed else "")


def _colour(index: int) -> str:
    return f"c{index % len(LIGHT)}"


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _colours(colours: Sequence[str]) -> str:
    return "".join(f".c{index}{{stroke:{colour}}}" for index, colour in enumerate(colours))


STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-variant-numeric:tabular-nums;fill:#333}"
    ".title{font-size:16px;font-weight:600;fill:#111}.tick{fill:#666}.empty{fill:#666;font-size:14px}"
    ".empty,.middle{text-anchor:middle}.end{text-anchor:end}"
    ".paper{fill:#fff}.grid{stroke:#e6e6e6}.axis{stroke:#999}.grid,.axis{fill:none}"
    ".curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.dashed{stroke-dasharray:5 5}"
    ".best{fill:#fff;stroke-width:2}.mark{paint-order:stroke;stroke:#fff;stroke-width:4px}"
    f"{_colours(LIGHT)}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.title{fill:#f2f2f2}.tick,.empty{fill:#999}"
    f".paper,.best{{fill:#16181c}}.mark{{stroke:#16181c}}.grid{{stroke:#2c3036}}.axis{{stroke:#777}}{_colours(DARK)}}}"
)


def _document(title: str, body: Sequence[str], *, height: float) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">'
        f'<title id="title">{escape(title)}</title><style>{STYLE}</style>'
        f'<rect class="paper" width="{WIDTH}" height="{height:.0f}"/>{"".join(body)}</svg>\n'
    )
