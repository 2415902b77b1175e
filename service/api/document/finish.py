"""What is made of the document that the views declare, so that generated clients compile and read well."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import reduce

from service.api.document.answers import answered_parts, apart, asked_parts, opened
from service.api.document.examples import exemplified
from service.api.document.named import named
from service.api.document.schemas import Json, names_below, operations, reachable, with_components
from service.api.document.unions import (
    discriminated,
    plain_enums,
    plain_parameters,
    without_structured_defaults,
    worded_unions,
)

Step = Callable[[Json], Json]


def json_first(document: Json) -> Json:
    """Of several media types, generators take the first one."""
    for operation in operations(document):
        for part in _with_content(operation):
            part["content"] = dict(sorted(part["content"].items(), key=lambda pair: pair[0] != "application/json"))
    return document


def _with_content(operation: Json) -> list[Json]:
    parts = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [part for part in parts if "content" in part]


def without_unused(document: Json) -> Json:
    """Leave out components that nothing refers to."""
    schemas = document["components"]["schemas"]
    used = reachable(schemas, names_below([*asked_parts(document), *answered_parts(document)]))
    return with_components(document, {name: schema for name, schema in schemas.items() if name in used})


#: In this order; each takes a document and gives one.
SHAPED: tuple[Step, ...] = (
    json_first,
    plain_parameters,
    plain_enums,
    worded_unions,
    without_structured_defaults,
    named,
    discriminated,
    apart,
    without_unused,
)


def finished(document: Json, steps: tuple[Step, ...] = (*SHAPED, opened, exemplified)) -> Json:
    return reduce(lambda done, step: step(done), steps, deepcopy(document))
