import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from marshmallow import Schema, fields

from service.api.http.fields import Plain
from service.api.http.times import Time
from service.api.http.writers import writer


class Word(StrEnum):
    SAID = "said"


@dataclass
class Inner:
    count: int | None
    made_at: float | None


@dataclass
class Outer:
    inner: Inner | None
    many: list[Inner]
    options: dict[str, Any]
    word: Word = Word.SAID
    share: float = math.nan
    metrics: dict[str, float | None] = field(default_factory=lambda: {"rmse": 0.5, "mae": None, "r2": math.inf})
    names: list[str] = field(default_factory=lambda: ["a", "b"])


class InnerSchema(Schema):
    count = fields.Integer(required=True, allow_none=True)
    made_at = Time(required=True, allow_none=True)


class OuterSchema(Schema):
    inner = fields.Nested(InnerSchema, allow_none=True)
    many = fields.List(fields.Nested(InnerSchema))
    rate = Plain({}, attribute="options.rate")
    word = fields.String()
    share = fields.Float(allow_nan=True)
    names = fields.List(fields.String())
    options = fields.Dict()
    metrics = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True, allow_nan=True))
    total = fields.Function(lambda outer: len(outer.many))
    object = fields.Constant("outer")


@pytest.mark.parametrize("inner", [None, Inner(None, None), Inner(3, 1.5)])
def test_a_record_is_written_as_its_schema_dumps_it(inner):
    outer = Outer(inner, [Inner(1, 2.0), Inner(2, None)], {"rate": [0.5]})
    assert repr(writer(OuterSchema())(outer)) == repr(OuterSchema().dump(outer))


def test_further_records_may_lack_what_the_first_one_had():
    write = writer(OuterSchema())
    for inner in (Inner(3, 1.5), None, Inner(None, None)):
        outer = Outer(inner, [], {"rate": [0.5]})
        assert repr(write(outer)) == repr(OuterSchema().dump(outer))
