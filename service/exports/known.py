"""Which fields of a table's specs exports know. An export that overlooked a field would predict something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from service.data.preprocessing.boolean import BooleanColumn, BooleanState
from service.data.preprocessing.category import CategoryColumn, CategoryState
from service.data.preprocessing.number import Clip, NumberColumn, NumberState
from service.data.preprocessing.scalers import Scaling
from service.data.preprocessing.targets import BooleanTarget, CategoryTarget, NumberTarget, TargetScaling
from service.data.preprocessing.time import TimeColumn, TimeState
from service.exports.source import NotExportable, Source
from service.schema.fields import Spec, spec_fields

_COLUMN = ("impute", "required", "read_as")
#: Those that are exported, or that make no difference to a prediction.
FIELDS: Mapping[type[Spec], tuple[str, ...]] = MappingProxyType(
    {
        NumberColumn: (*_COLUMN, "scale", "indicator", "log", "clip", "smooth_clip", "encode", "bins"),
        NumberState: ("fill", "scaling", "low", "high", "knots"),
        Clip: ("low", "high", "quantile"),
        Scaling: ("shift", "scale", "knots"),
        TargetScaling: ("shift", "scale", "knots", "low", "high"),
        BooleanColumn: (*_COLUMN, "indicator"),
        BooleanState: ("fill",),
        CategoryColumn: (*_COLUMN, "categories", "encode", "size"),
        CategoryState: ("fill",),
        TimeColumn: (*_COLUMN, "parts", "indicator"),
        TimeState: ("fill", "scalings"),
        CategoryTarget: ("categories", "read_as"),
        BooleanTarget: ("read_as",),
        NumberTarget: ("scale", "bounded", "read_as"),
    }
)


def reject_unknown(source: Source, form: str) -> None:
    """Raise NotExportable, by name, for a column or a target of a kind that is not known, and for a field that is set
    and not known."""
    for owner, spec in _specs(source):
        if type(spec) not in FIELDS:
            raise NotExportable(f"{form} has no form of {owner} ({spec.name}) here")
        for field in spec_fields(type(spec)):
            if field.name not in FIELDS[type(spec)] and getattr(spec, field.name) != field.default:
                raise NotExportable(f"{form} has no form of {field.name} of {owner} here")


def _specs(source: Source) -> Iterator[tuple[str, Spec]]:
    if source.fitted is None:
        return
    for name, column in source.fitted.spec.columns.items():
        yield from _nested(f"the column {name}", column)
        yield from _nested(f"the column {name}", source.fitted.states[name])
    for item in source.fitted.spec.target:
        yield f"the target {item.name}", item.column
    yield from ((f"the target {name}", scaling) for name, scaling in _scaled_targets(source))


def _scaled_targets(source: Source) -> Iterator[tuple[str, Scaling]]:
    assert source.fitted is not None
    return zip(source.signature.target_names, source.fitted.scalings, strict=False)


def _nested(owner: str, spec: Any) -> Iterator[tuple[str, Spec]]:
    """A spec and the ranges and scalings in it."""
    yield owner, spec
    for field in spec_fields(type(spec)):
        value = getattr(spec, field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Clip | Scaling):
                yield f"the {field.name} of {owner}", inner
