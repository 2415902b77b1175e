"""The bodies, queries and answers of networks over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from service.api.http.creators import CreatedByQuery, creator, creator_key
from service.api.http.fields import Flag, JsonFlag, Plain, PlainObject, Strict, Text, takes_back
from service.api.http.schema_docs import EngineField, engine_fields
from service.api.http.tags import TAGS
from service.api.http.times import Time
from service.api.http.writers import writer
from service.api.jobs.train import TrainingOptions
from service.data.kinds.registry import KINDS
from service.data.preprocessing.entries import MAX_NAME
from service.data.preprocessing.table import INPUTS as COLUMN_TYPES
from service.data.preprocessing.table import TableSpec
from service.engine.recipes import Recipe
from service.engine.spec import NetworkSpec
from service.monitoring.settings import AnswerLogRequest, AnswerLogSpec
from service.operations import names
from service.operations.networks.column_requests import AUTO
from service.operations.networks.drafts import MAX_WORD
from service.schema.fields import Nested, Spec, field, spec_fields
from service.schema.rules import Items

WORD = {"type": "string", "minLength": 1, "maxLength": MAX_WORD, "pattern": names.TEXT_PATTERN}
WORDS = {"type": "array", "items": WORD, "uniqueItems": True}
NAME = {**WORD, "maxLength": MAX_NAME}
COLUMN = {
    "type": "object",
    "title": "ColumnRequest",
    "properties": {
        "name": NAME,
        "type": {"enum": list(COLUMN_TYPES)},
        "categories": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name"],
    "description": "A column of a table, as `table` in the answer describes it. Leave out what the data set provides.",
}
INPUTS = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "array", "items": {"anyOf": [NAME, COLUMN]}, "minItems": 1},
        {"const": AUTO},
    ],
    "description": "The number of inputs, or a name for each. With a `target`: columns of a table, by name or as "
    "objects, or `auto` for every useful column of the data set.",
}
TARGET = {
    "anyOf": [NAME, COLUMN, {"type": "array", "items": {"anyOf": [NAME, COLUMN]}, "minItems": 1}, {"type": "null"}],
    "description": "The column to predict, or several: all numbers, or all yes or no.",
}
DATASET = {
    "type": ["string", "null"],
    "description": "The data set that provides column types and categories, by id or name.",
}
FROM_DATASET = {
    "type": ["string", "null"],
    "description": "A data set, by id or name: fields left out are proposed from it.",
}
LABELS = {
    "anyOf": [{**WORDS, "minItems": 2}, {"type": "null"}],
    "description": "Class names: two for a single output unit, otherwise one per unit.",
}
LAYERS = {
    "type": "array",
    "minItems": 1,
    "items": {"$ref": "#/components/schemas/Layer"},
    "description": "Layers from input to output. Required unless `from_dataset` proposes them.",
}


FEATURES = {
    "anyOf": [{**WORDS, "minItems": 1}, {"type": "null"}],
    "description": "As in an answer: the names of the inputs, where `inputs` is their number.",
}
TABLE = {
    "type": ["object", "null"],
    "description": "As in an answer: how columns become inputs and targets. It stands for `inputs` and `target`.",
}
RECIPES = {
    "type": ["array", "null"],
    "items": {"type": "object"},
    "description": "As in an answer: how members differ, where `members` is their number.",
}
EXPLICIT_WEIGHTS = {
    "description": "As in an answer: `true` says that `layers` lacks weights which the first snapshot of the original "
    "has. They are drawn again, with a warning."
}
#: What answers say of the inputs.
COPIED = ("table", "features")

WORDS_OR_NULL = {"type": ["array", "null"], "items": {"type": "string"}}
TENSOR = {
    "type": "object",
    "title": "Tensor",
    "properties": {
        "name": {"type": "string", "description": "The column, or `x` for the numbers of a row."},
        "type": {"enum": list(KINDS)},
        "dtype": {"type": "string", "description": "NumPy's name of the type; `string` for text."},
        "shape": {"type": "array", "items": {"type": "integer"}, "description": "-1 stands for the number of rows."},
        "categories": {**WORDS_OR_NULL, "description": "The values of a category."},
        "elements": {**WORDS_OR_NULL, "description": "A name for each number of a row: a feature or a label."},
        "required": {"type": "boolean", "description": "Whether every row must name it."},
        "nullable": {"type": "boolean", "description": "Whether its value may be missing."},
    },
    "required": ["name", "type", "dtype", "shape", "categories", "elements", "required", "nullable"],
}
SIGNATURE = {
    "type": "object",
    "title": "Signature",
    "properties": {"inputs": {"type": "array", "items": TENSOR}, "outputs": {"type": "array", "items": TENSOR}},
    "required": ["inputs", "outputs"],
    "description": "What the network takes and predicts, by name, type and shape: columns of a table and its targets, "
    "or plain numbers.",
}


@dataclass(frozen=True, kw_only=True)
class LogOfNetwork(Spec):
    answer_log: AnswerLogSpec | None = field(
        Nested(AnswerLogSpec), default=None, help="which answers are kept, see docs/monitoring.md; null: none"
    )


@dataclass(frozen=True, kw_only=True)
class LogChange(Spec):
    answer_log: AnswerLogRequest | None = field(
        Nested(AnswerLogRequest), default=None, help="which answers are kept, see docs/monitoring.md; null: none"
    )


class NetworkChanges(Strict):
    name = Text(metadata={"pattern": names.NAME_PATTERN})
    description = Text(metadata={"maxLength": names.MAX_DESCRIPTION})
    tags = PlainObject(TAGS)
    answer_log = engine_fields(LogChange)["answer_log"]


class NetworkRequest(Strict):
    """Inputs and layers are required, unless a data set proposes them or `table` or `features` names the inputs."""

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def check_required(self, data: Mapping[str, Any], given: Any, **kwargs: Any) -> None:
        if not isinstance(given, Mapping) or data.get("from_dataset"):
            return
        # An invalid field is no longer in `data`, and has an error of its own.
        named = any(given.get(name) is not None for name in COPIED)
        missing = [name for name in ("inputs", "layers") if name not in given and not (named and name == "inputs")]
        if missing:
            raise ValidationError({name: ["is required"] for name in missing})


@dataclass(frozen=True, kw_only=True)
class TableOfNetwork(Spec):
    table: TableSpec | None = field(
        Nested(TableSpec), default=None, help="how columns become inputs and targets; null when inputs are numbers"
    )


class CreateQuery(Strict):
    dry_run = Flag(load_default=False, metadata={"description": "Check and describe the network without creating it."})


class Tag(Text):
    """`key:value`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        key, colon, text = super()._deserialize(value, attr, data, **kwargs).partition(":")
        if not colon or not key:
            raise ValidationError("must be key:value")
        return key, text


class ListQuery(CreatedByQuery):
    search = Text(
        load_default=None,
        metadata={"description": "Only networks of the trials of this search, which are not listed otherwise."},
    )
    tag = fields.List(
        Tag(metadata={"pattern": "^[^\\u0000:]+:[^\\u0000]*$"}),
        load_default=[],
        metadata={"description": "Only networks with this tag, `key:value`; repeat for several tags."},
    )


class Members(fields.Integer):
    """Of a spec that may have been stored before networks had members, which leaves a single one out."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        members = obj.network.spec.get("members", 1)
        return members if isinstance(members, int) else sum(recipe.get("count", 1) for recipe in members)


@dataclass(frozen=True, kw_only=True)
class RecipesOfNetwork(Spec):
    recipes: tuple[Recipe, ...] | None = field(
        Items(Nested(Recipe)), default=None, help="how members differ; null: they do not, or there is only one"
    )


class Recipes(EngineField):
    """Null for an ensemble whose members all have one, and for a single network."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        members = obj.network.spec.get("members", 1)
        return None if isinstance(members, int) else members


class ShapeSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)
    inputs = fields.Integer(required=True)
    outputs = fields.Integer(required=True)
    parameters = fields.Integer(required=True)


#: A network, whether stored or not.
DESCRIBED: dict[str, Any] = {
    "name": fields.String(required=True, attribute="network.name"),
    "description": fields.String(required=True, attribute="network.description"),
    "tags": PlainObject(TAGS, required=True, attribute="network.tags"),
    **engine_fields(NetworkSpec, attribute="network.spec"),
    "members": Members(required=True, metadata={"description": "Networks whose outputs it averages; 1: no ensemble."}),
    "recipes": Recipes(*spec_fields(RecipesOfNetwork)),
    "inputs": fields.Integer(required=True, attribute="network.inputs"),
    "features": fields.List(fields.String(), required=True, allow_none=True, attribute="network.features"),
    "outputs": fields.Integer(required=True, attribute="network.outputs"),
    "labels": fields.List(fields.String(), required=True, allow_none=True, attribute="network.labels"),
    "parameter_count": fields.Integer(required=True, attribute="network.parameter_count"),
    "explicit_weights": fields.Boolean(
        required=True,
        attribute="network.explicit_weights",
        metadata={
            "description": "Some layers have explicit weights. The snapshot `initial` holds them; `layers` shows null."
        },
    ),
    "shapes": fields.List(fields.Nested(ShapeSchema), required=True),
    "signature": Plain(SIGNATURE, required=True),
    "table": engine_fields(TableOfNetwork, attribute="network")["table"],
}

NetworkSchema = Schema.from_dict(
    {
        "id": fields.String(required=True, attribute="network.id"),
        **DESCRIBED,
        "warnings": fields.List(
            fields.String(), required=True, metadata={"description": "What looked doubtful when it was created."}
        ),
        "search": fields.String(
            required=True,
            allow_none=True,
            attribute="network.search_id",
            metadata={"description": "Id of the search that owns it, and that deletes it unless it gets a name."},
        ),
        "created_at": Time(required=True, attribute="network.created_at"),
        "updated_at": Time(required=True, attribute="network.updated_at"),
        "created_by": creator("network.created_by"),
        "created_by_key": creator_key("network.created_by_key"),
        "answer_log": engine_fields(LogOfNetwork, attribute="network")["answer_log"],
    },
    name="NetworkSchema",
)


CreatedSchema = NetworkSchema.from_dict(
    {
        "job": fields.String(
            metadata={"description": "Id of the training that was queued with it; only there with `train`."}
        )
    },
    name="CreatedNetworkSchema",
)

WRITE_NETWORK = writer(NetworkSchema())

DryRunSchema = Schema.from_dict(
    {
        **DESCRIBED,
        "bytes": fields.Dict(keys=fields.String(), values=fields.Integer(), required=True),
        "warnings": fields.List(fields.String(), required=True),
    },
    name="DryRunSchema",
)

WRITABLE = NetworkRequest.from_dict(
    {
        "name": Text(required=True, metadata={"pattern": names.NAME_PATTERN}),
        "description": Text(metadata={"maxLength": names.MAX_DESCRIPTION}),
        "tags": PlainObject(TAGS),
        **{name: field for name, field in engine_fields(NetworkSpec).items() if name not in ("inputs", "layers")},
        "inputs": Plain(INPUTS),
        "layers": Plain(LAYERS),
        "target": Plain(TARGET, allow_none=True),
        "dataset": Plain(DATASET, allow_none=True),
        "from_dataset": Plain(FROM_DATASET, allow_none=True),
        "labels": Plain(LABELS, allow_none=True),
        "features": Plain(FEATURES, allow_none=True),
        "table": Plain(TABLE, allow_none=True),
        "recipes": Plain(RECIPES, allow_none=True),
        "explicit_weights": JsonFlag(metadata=EXPLICIT_WEIGHTS),
        "train": fields.Nested(
            TrainingOptions,
            allow_none=True,
            metadata={
                "description": "The body of `POST /train` without `network`: also queues this training, and creates "
                "nothing if that fails."
            },
        ),
    },
    name="WritableNetwork",
)
#: What any answer about a network says may be sent.
NetworkBody = takes_back(CreatedSchema, DryRunSchema)(WRITABLE.from_dict({}, name="NetworkBody"))
