"""A requested network: read, checked as a whole, and compiled, but not stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.data.preprocessing.table import TableSpec
from service.domain.ids import new_id
from service.domain.networks import Network as Record
from service.engine.layers.base import Layer
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.errors import FieldError, Invalid
from service.operations import names
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.operations.models.layers import count_all_layers
from service.operations.networks import recipes
from service.operations.networks.column_requests import takes_columns
from service.operations.networks.copies import as_request, copy_warnings
from service.operations.networks.table_drafts import draft_issues, read_table_request
from service.operations.validation import invalid_fields
from service.schema.fields import spec_fields
from service.schema.rules import shown
from service.schema.types import Body

MAX_WORD = 100
#: Names of inputs, or labels; a table may have as many columns.
MAX_NAMES = 10_000
#: JSON nested without bounds can be read by few clients, and written by few servers.
MAX_DEPTH = 20


@dataclass(frozen=True)
class Draft:
    record: Record
    network: Network
    warnings: Sequence[str] = ()


def read_draft(backend: Backend, body: Body) -> Draft:
    """Raises Invalid with everything that is wrong, and NotFound for a data set that does not exist."""
    body, copied = as_request(body), copy_warnings(body)
    if takes_columns(body):
        draft = _table_draft(backend, body)
        return replace(draft, warnings=[*draft.warnings, *copied])
    issues = [*product_issues(body), *feature_issues(body["inputs"])]
    issues += recipes.table_issues(body.get("members"))
    network = compile_request(engine_part(body), backend.limits, issues)
    issues += label_issues(body.get("labels"), network.outputs)
    if issues:
        raise Invalid(fields=issues)
    return Draft(record_of(body, network), network, copied)


def _table_draft(backend: Backend, body: Body) -> Draft:
    issues = [*product_issues(body)]
    try:
        named = read_table_request(backend, body)
    except Invalid as error:
        raise Invalid(fields=[*issues, *error.fields]) from error
    try:
        network = compile_request(engine_part(named.engine), backend.limits, issues)
    except Invalid as error:
        raise named.as_written(error) from error
    issues += draft_issues(named, network)
    if issues:
        raise Invalid(fields=issues)
    return Draft(record_of(body, network, named.table), network, named.warnings)


def compile_request(spec: Mapping[str, Any], limits: Limits, issues: list[FieldError]) -> Network:
    """Raises Invalid with these issues and those of the spec."""
    if (count := count_all_layers(spec)) > limits.max_layers:
        inside = "inside of blocks" + (" and of all members" if spec.get("members", 1) != 1 else "")
        message = f"must be at most {limits.max_layers:,} layers, those {inside} included; got {count:,}"
        raise Invalid(fields=[*issues, FieldError(("layers",), message)])
    try:
        with invalid_fields():
            network = Network(
                NetworkSpec.from_json(spec), max_parameters=limits.max_parameters, max_cost=limits.max_network_cost
            )
    except Invalid as error:
        raise Invalid(fields=[*issues, *error.fields]) from error
    own = [((), network.spec.layers), *_own_layers(network.spec)]
    deep = [path for path, layers in own if depth(layers) > MAX_DEPTH]
    issues += [FieldError((*path, "layers"), f"must not be nested more than {MAX_DEPTH} blocks deep") for path in deep]
    return network


def _own_layers(spec: NetworkSpec) -> list[tuple[tuple[str | int, ...], tuple[Layer, ...]]]:
    """Those of recipes that have some, with their paths."""
    recipes = enumerate(spec.recipes)
    return [(("members", place), recipe.layers) for place, recipe in recipes if recipe.layers is not None]


def depth(layers: Iterable[Layer]) -> int:
    return 1 + max((depth(layer.children()) for layer in layers), default=0)


def engine_part(body: Body) -> dict[str, Any]:
    """The part of a request that the engine reads: its own fields, and feature names as their number."""
    part = {item.name: body[item.name] for item in spec_fields(NetworkSpec) if item.name in body}
    if isinstance(body.get("inputs"), list):
        part["inputs"] = len(body["inputs"])
    return part


def record_of(body: Body, network: Network, table: TableSpec | None = None) -> Record:
    features = table.features if table else body["inputs"] if isinstance(body["inputs"], list) else None
    labels = table.labels if table else body.get("labels")
    written = network.spec.to_json()
    spec = without_weights(written)
    return Record(
        id=new_id("net"),
        name=body["name"],
        description=body.get("description", ""),
        tags=body.get("tags", {}),
        spec=spec,
        explicit_weights=spec != written,
        features=tuple(features) if features else None,
        labels=tuple(labels) if labels else None,
        inputs=network.inputs,
        outputs=network.outputs,
        parameter_count=network.parameter_count,
        created_at=0.0,  # set by the database's clock, as every time is
        updated_at=0.0,
        table=table.to_json() if table else None,
    )


def without_weights(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with its explicit weights left to the first snapshot, which has them."""
    drawn = _with_layers_drawn(spec)
    if not isinstance(spec.get("members"), list):
        return drawn
    return {**drawn, "members": [_with_layers_drawn(recipe) for recipe in spec["members"]]}


def _with_layers_drawn(spec: dict[str, Any]) -> dict[str, Any]:
    return spec if "layers" not in spec else {**spec, "layers": [_without_weights(layer) for layer in spec["layers"]]}


def _without_weights(layer: Mapping[str, Any]) -> dict[str, Any]:
    drawn = {**layer, **{name: None for name in ("weights", "biases") if name in layer}}
    return drawn if "layers" not in layer else {**drawn, "layers": [_without_weights(one) for one in layer["layers"]]}


def product_issues(body: Body) -> Iterator[FieldError]:
    """Issues of the fields that the engine does not read."""
    yield from names.name_issues(body["name"])
    yield from names.text_issues(body.get("description", ""), "description", names.MAX_DESCRIPTION)
    yield from names.tag_issues(body.get("tags", {}))


def feature_issues(inputs: Any) -> Iterator[FieldError]:
    if isinstance(inputs, list):
        yield from word_issues(inputs, "inputs")


def label_issues(labels: Any, outputs: int) -> Iterator[FieldError]:
    if labels is None:
        return
    if not isinstance(labels, list):
        yield FieldError(("labels",), f"must be a list, got {shown(labels)}")
        return
    wanted = 2 if outputs == 1 else outputs
    if len(labels) != wanted:
        yield FieldError(("labels",), f"must be {wanted} labels for {outputs} output units, got {len(labels)}")
    yield from word_issues(labels, "labels")


def word_issues(words: list[Any], field: str) -> Iterator[FieldError]:
    """What is wrong with names in a list: a limited number of short texts, each different."""
    if len(words) > MAX_NAMES:
        yield FieldError((field,), f"must have at most {MAX_NAMES:,} names, got {len(words):,}")
        return
    known: set[str] = set()
    for index, word in enumerate(words):
        if not isinstance(word, str) or not 0 < len(word) <= MAX_WORD or "\0" in word:
            yield FieldError((field, index), f"must be a text of 1 to {MAX_WORD} characters, got {shown(word)}")
        elif word in known:
            yield FieldError((field, index), f"occurs twice: {shown(word)}")
        else:
            known.add(word)
