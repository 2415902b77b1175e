"""What a search is asked for over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from service.api.http.fields import Flag, Plain, Strict, Text, takes_back
from service.api.http.schema_docs import engine_fields, spec_schema
from service.api.jobs.train import FOLDS as TRAINING_FOLDS
from service.api.jobs.train import TrainingOptions
from service.api.networks.network_schemas import COPIED, TARGET, WRITABLE, NetworkRequest
from service.api.searches.search_schemas import SearchSchema
from service.operations import names
from service.operations.searches.auto_space import AUTO
from service.operations.searches.request import MAX_POINTS
from service.operations.searches.warm_start import MAX_SEARCHES
from service.search.space import MAX_PARAMETERS, PARAMETERS
from service.search.spec import MAX_TRIALS, SearchSpec

#: Fields of a network that belong to a network with a name.
UNSEARCHED = ("name", "description", "tags", "train", "explicit_weights", "recipes", *COPIED)
NAME = {"pattern": names.NAME_PATTERN, "description": "A name to refer to it by; default: its id."}
WHEN = {
    "type": ["object", "null"],
    "description": "The trial has this parameter only where other ones have these values: by pointer.",
}
POINT = {"type": "object", "description": "Values by the pointers of parameters; what is left out is drawn."}


def parameter_schema(name: str) -> dict[str, Any]:
    """Values need no type: they are known by being there."""
    schema = spec_schema(PARAMETERS[name])
    required = [item for item in schema["required"] if name != "values" or item != "type"]
    return {**schema, "properties": {**schema["properties"], "when": WHEN}, "required": required}


SPACE_RULE = f'must be "{AUTO}", which proposes a space for dataset and target; one of your own stands in parameters'
SPACE = {
    "type": ["object", "null"],
    "minProperties": 1,
    "maxProperties": MAX_PARAMETERS,
    "propertyNames": {"pattern": "^/(network|training)/"},
    "additionalProperties": {"anyOf": [parameter_schema(name) for name in PARAMETERS]},
    "description": "What trials change, by JSON Pointer into `network` and `training`: `/training/batch_size`.",
}
POINTS = {
    "type": ["array", "null"],
    "maxItems": MAX_POINTS,
    "items": POINT,
    "description": "Trials of your own, which go first.",
}

FOLDS = {
    **TRAINING_FOLDS,
    "description": "The same as `folds` in `training`: a trial is worth the mean of its folds.",
}

SearchedNetwork = NetworkRequest.from_dict(
    {name: field for name, field in WRITABLE().declared_fields.items() if name not in UNSEARCHED},
    name="SearchedNetwork",
)
#: The fields of a search's request.
SEARCH: dict[str, Any] = {
    "name": Text(metadata=NAME),
    "dataset": Text(
        allow_none=True,
        metadata={
            "description": "With `target`, a complete request: network, training, parameters and all else are "
            "proposed, and the proposal of the data set is the first trial."
        },
    ),
    "target": Plain(TARGET, allow_none=True),
    "space": fields.String(
        allow_none=True,
        validate=validate.OneOf([AUTO], error=SPACE_RULE),
        error_messages={"invalid": SPACE_RULE},
        metadata={"description": "`auto`: proposed for `dataset` and `target`, as it is by default with them."},
    ),
    "network": fields.Nested(
        SearchedNetwork,
        allow_none=True,
        metadata={"description": "The body of `POST /networks` without name, description, tags and train."},
    ),
    "training": fields.Nested(
        TrainingOptions,
        allow_none=True,
        metadata={
            "description": "The body of `POST /train` without network. `dataset` defaults to that of the network. "
            "`data`, `promote`, `callback`, `start_from`, `experiment`, `pause_at` and `snapshots` are not allowed."
        },
    ),
    "parameters": Plain(SPACE, allow_none=True),
    "points": Plain(POINTS, allow_none=True),
    "folds": Plain(FOLDS, allow_none=True),
    "warm_start": fields.List(
        Text(),
        allow_none=True,
        validate=validate.Length(max=MAX_SEARCHES),
        metadata={"description": "Searches, by id or name, whose ended trials the sampler `tpe` begins with."},
    ),
    **engine_fields(SearchSpec),
}
SearchBody = takes_back(SearchSchema)(Strict.from_dict(SEARCH, name="SearchBody"))


class TrialsBody(Strict):
    points = Plain({**POINTS, "description": "Trials of your own; what is left out is drawn."}, allow_none=True)
    count = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(min=1, max=MAX_TRIALS),
        metadata={"description": "So many further trials by the sampler."},
    )


class DeletionQuery(Strict):
    keep_jobs = Flag(
        load_default=False,
        metadata={
            "description": "Keep the jobs and networks of its trials, as others are: `tune:3` is then called `tune-3-` "
            "and the end of its id."
        },
    )


class PublishBody(Strict):
    network = Text(
        required=True,
        metadata={"pattern": names.NAME_PATTERN, "description": "The name that the trial's network gets."},
    )
    trial = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(min=1),
        metadata={"description": "Its number; default: the best one."},
    )
    alias = Text(
        allow_none=True,
        metadata={"pattern": names.ALIAS_PATTERN, "description": "Default: `production`, which makes it live."},
    )
    model = Text(
        allow_none=True,
        metadata={"description": "Also point this alias of a model there; the model is made if there is none."},
    )
    note = Text(allow_none=True, metadata={"description": "Of the version."})
