"""The function of a program that gives intervals, or sets of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.exports.program.code import Code, call
from service.exports.source import Source


class Covering(NamedTuple):
    function: str
    about: str  #: what it returns
    code: str
    names: Sequence[str]  #: of its columns from the command line


def covering(source: Source, predicted: Sequence[str]) -> Covering | None:
    """`predicted` are the names of what `predict` returns."""
    if source.coverage is None:
        return None
    quantiles, share = source.coverage.quantiles, f"{source.coverage.level:g} of rows"
    if source.signature.classifier is not None:
        names = [f"in_set_{name}" for name in source.signature.form.names]
        about = f"whether each of CLASSES is in a set that holds the true one in {share}, (rows, classes)"
        return Covering("predict_set", about, call("likely", Code("predict_proba(rows)"), 1 - quantiles[0]), names)
    names = [f"{name}_{end}" for name in predicted for end in ("low", "high")]
    is_single = len(quantiles) == 1
    about = f"low and high around the true value in {share}, {'(rows, 2)' if is_single else '(rows, outputs, 2)'}"
    half = quantiles[0] if is_single else quantiles
    return Covering("predict_interval", about, call("around", Code("predict(rows)"), half), names)
