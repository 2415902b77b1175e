"""A network as somebody asks for it: read, checked as a whole, and compiled, but not stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.data.preprocessing.table import TableSpec
from service.domain.ids import new_id
from service.domain.records import Network as Record
from service.engine.fields import spec_fields
from service.engine.layers.base import Layer
from service.engine.network import Network
from service.engine.rules import shown
from service.engine.spec import NetworkSpec
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.faults import engine_faults
from service.operations.limits import Limits
from service.operations.named_drafts import draft_faults, read_named_wish
from service.operations.table_wishes import speaks_names

MAX_WORD = 100
#: JSON nested without bounds can be read by few clients, and written by few servers.
MAX_DEPTH = 20

Wish = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    record: Record
    network: Network
    warnings: Sequence[str] = ()


def read_draft(backend: Backend, wish: Wish) -> Draft:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that is not there."""
    if speaks_names(wish):
        return _named_draft(backend, wish)
    faults = [*product_faults(wish), *feature_faults(wish["inputs"])]
    network = compiled_wish(engine_part(wish), backend.limits, faults)
    faults += label_faults(wish.get("labels"), network.outputs)
    if faults:
        raise Invalid(fields=faults)
    return Draft(record_of(wish, network), network)


def _named_draft(backend: Backend, wish: Wish) -> Draft:
    faults = [*product_faults(wish)]
    try:
        named = read_named_wish(backend, wish)
    except Invalid as error:
        raise Invalid(fields=[*faults, *error.fields]) from error
    faults += reserved_faults(named.table.features)
    try:
        network = compiled_wish(engine_part(named.engine), backend.limits, faults)
    except Invalid as error:
        raise named.as_written(error) from error
    faults += draft_faults(named, network)
    if faults:
        raise Invalid(fields=faults)
    return Draft(record_of(wish, network, named.table), network, named.warnings)


def compiled_wish(spec: Mapping[str, Any], limits: Limits, faults: list[FieldError]) -> Network:
    """Raises Invalid with these faults and those of the spec."""
    try:
        with engine_faults():
            network = Network(NetworkSpec.from_json(spec), max_parameters=limits.max_parameters)
    except Invalid as error:
        raise Invalid(fields=[*faults, *error.fields]) from error
    if depth(network.spec.layers) > MAX_DEPTH:
        faults.append(FieldError(("layers",), f"must not be nested more than {MAX_DEPTH} blocks deep"))
    return network


def depth(layers: Iterable[Layer]) -> int:
    return 1 + max((depth(layer.children()) for layer in layers), default=0)


def engine_part(wish: Wish) -> dict[str, Any]:
    """What the engine knows of a wish: its own fields, and feature names as their number."""
    part = {item.name: wish[item.name] for item in spec_fields(NetworkSpec) if item.name in wish}
    if isinstance(wish.get("inputs"), list):
        part["inputs"] = len(wish["inputs"])
    return part


def record_of(wish: Wish, network: Network, table: TableSpec | None = None) -> Record:
    features = table.features if table else wish["inputs"] if isinstance(wish["inputs"], list) else None
    labels = table.labels if table else wish.get("labels")
    return Record(
        id=new_id("net"),
        name=wish["name"],
        description=wish.get("description", ""),
        tags=wish.get("tags", {}),
        spec=network.spec.to_json(),
        features=tuple(features) if features else None,
        labels=tuple(labels) if labels else None,
        inputs=network.inputs,
        outputs=network.outputs,
        parameter_count=network.parameter_count,
        created_at=0.0,  # the database's clock says when, as for every time
        updated_at=0.0,
        table=table.to_json() if table else None,
    )


def product_faults(wish: Wish) -> Iterator[FieldError]:
    """Faults of what the engine does not know."""
    yield from names.name_faults(wish["name"])
    yield from names.text_faults(wish.get("description", ""), "description", names.MAX_DESCRIPTION)
    yield from names.tag_faults(wish.get("tags", {}))


def feature_faults(inputs: Any) -> Iterator[FieldError]:
    if isinstance(inputs, list):
        yield from word_faults(inputs, "inputs")
        yield from reserved_faults(inputs)


def reserved_faults(features: Sequence[Any]) -> Iterator[FieldError]:
    for index, word in enumerate(features):
        if word in names.RESERVED_FEATURES:
            yield FieldError(("inputs", index), f"must not be one of {', '.join(names.RESERVED_FEATURES)}")


def label_faults(labels: Any, outputs: int) -> Iterator[FieldError]:
    if labels is None:
        return
    if not isinstance(labels, list):
        yield FieldError(("labels",), f"must be a list, got {shown(labels)}")
        return
    wanted = 2 if outputs == 1 else outputs
    if len(labels) != wanted:
        yield FieldError(("labels",), f"must be {wanted} labels for {outputs} output units, got {len(labels)}")
    yield from word_faults(labels, "labels")


def word_faults(words: list[Any], field: str) -> Iterator[FieldError]:
    """Faults of names in a list: short texts, each different."""
    for index, word in enumerate(words):
        if not isinstance(word, str) or not 0 < len(word) <= MAX_WORD or "\0" in word:
            yield FieldError((field, index), f"must be a text of 1 to {MAX_WORD} characters, got {shown(word)}")
        elif word in words[:index]:
            yield FieldError((field, index), f"is there twice: {shown(word)}")
