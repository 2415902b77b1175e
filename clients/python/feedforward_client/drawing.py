"""Small SVG pictures for notebooks: a network's layers, and loss curves."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

SHOWN_UNITS = 8
WIDTH, HEIGHT = 320, 120
INK, COLORS = "#64748b", ("#2563eb", "#d97706")


def draw_network(network: Mapping[str, Any]) -> str:
    """Columns of units joined by lines. Of a wide layer only eight are drawn; the number below counts all."""
    # Dropout, normalisation and activations have no units of their own.
    layers = [shape for shape in network["shapes"] if shape["type"] in ("dense", "residual", "embedding")]
    sizes = [network["inputs"], *(shape["outputs"] for shape in layers)]
    names = ["inputs", *(shape["name"] for shape in layers)]
    columns = [_places(index, len(sizes), size) for index, size in enumerate(sizes)]
    parts = [
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{INK}" stroke-opacity=".25"/>'
        for left, right in pairwise(columns)
        for x1, y1 in left
        for x2, y2 in right
    ]
    parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="{COLORS[0]}"/>' for column in columns for x, y in column]
    for column, size, name in zip(columns, sizes, names, strict=True):
        x = column[0][0]
        parts.append(f'<text x="{x}" y="{HEIGHT - 4}" text-anchor="middle">{size}<title>{_safe(name)}</title></text>')
    return _svg(f"Network {_safe(str(network['name']))}", parts)


def _places(index: int, columns: int, size: int) -> list[tuple[float, float]]:
    x = round(20 + index * (WIDTH - 40) / max(1, columns - 1), 1)
    shown = max(1, min(size, SHOWN_UNITS))
    gap = min(18.0, (HEIGHT - 30) / shown)
    top = (HEIGHT - 20 - gap * (shown - 1)) / 2
    return [(x, round(top + unit * gap, 1)) for unit in range(shown)]


def draw_curves(curves: Mapping[str, Iterable[float]]) -> str:
    """One line per curve, on a logarithmic axis if all values are above zero."""
    numbers = {name: [float(value) for value in curve] for name, curve in curves.items()}
    finite = [value for curve in numbers.values() for value in curve if math.isfinite(value)]
    if not finite:
        return _svg("No losses yet", ['<text x="10" y="60">no losses yet</text>'])
    scale = math.log10 if min(finite) > 0 else float
    low, high = scale(min(finite)), scale(max(finite))
    span = (high - low) or 1.0
    parts = []
    for index, (color, (name, curve)) in enumerate(zip(COLORS, numbers.items(), strict=False)):
        points = " ".join(
            f"{10 + 300 * place / max(1, len(curve) - 1):.1f},{100 - 85 * (scale(value) - low) / span:.1f}"
            for place, value in _thinned(curve)
            if math.isfinite(value)
        )
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{points}"/>')
        parts.append(f'<text x="{10 + 160 * index}" y="116" fill="{color}">{_safe(name)} {curve[-1]:.4g}</text>')
    return _svg("Loss by epoch", parts)


def _thinned(curve: Sequence[float]) -> list[tuple[int, float]]:
    """At most some 200 of the values with their places, the last one among them: a picture shows no more."""
    step = max(1, len(curve) // 200)
    return [(place, value) for place, value in enumerate(curve) if place % step == 0 or place == len(curve) - 1]


def _safe(text: str) -> str:
    return html.escape(text)


def _svg(label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{label}" '
        f'font-family="sans-serif" font-size="11" fill="{INK}">{"".join(parts)}</svg>'
    )
