"""A training asked for by the options of another job: what its answer shows, written as a request writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.data.class_weights import BALANCED
from service.errors import Invalid
from service.jobs.division import TEST, VALIDATION, HeldOutShare
from service.jobs.folds import FOLDS
from service.jobs.options import JobOptions
from service.operations.request_reader import RequestReader
from service.operations.validation import invalid_fields
from service.schema.fields import spec_fields
from service.schema.types import Body

OPTIONS, DATASET, DATA = "options", "dataset", "data"
#: What a job works out by itself.
DERIVED = ("start_snapshot", "split_seed", "split", "positive")
#: What a request writes as options do.
ALIKE = ("start_from", FOLDS, "threshold", "promote", "report", "sample_weight", "importance")
SHARE = tuple(item.name for item in spec_fields(HeldOutShare))


def with_options(body: Body, *, dataset: str = "id") -> Body:
    """The request with what `options` say, unless it says otherwise itself. Raises Invalid.

    The data set is named by its id, so that the rows are the same ones; or by its name, which stands for the newest
    revision.
    """
    given = body.get(OPTIONS)
    rest = {name: value for name, value in body.items() if name != OPTIONS}
    if given is None:
        return rest
    with invalid_fields(OPTIONS):
        options = JobOptions.from_json(given)
    try:
        return {**_asked(options, rest, dataset), **rest}
    except (AttributeError, KeyError, TypeError) as error:
        # Parts of options are stored as they were answered, so only what somebody has changed is not as it was.
        raise Invalid("The options are not as a job answers them.") from error


def _asked(options: JobOptions, rest: Body, dataset: str) -> dict[str, Any]:
    written = options.to_json()
    asked = {**written["training"], **{name: written.get(name) for name in ALIKE}}
    if options.folds is None:
        asked["snapshots"] = written["snapshots"]
    if options.calibrate:
        asked["calibrate"] = True
    if options.dataset is not None and rest.get(DATA) is None:
        asked[DATASET] = options.dataset[dataset]
        if options.columns is not None:
            asked |= {"inputs": written["columns"]["inputs"], "target": written["columns"]["targets"]}
    weights = options.class_weights
    asked["class_weights"] = "balanced" if weights == BALANCED else weights
    # Each fold is what validates in turn.
    return _given(asked if options.folds is not None else {**asked, **_shares(options, rest, dataset)})


def _shares(options: JobOptions, rest: Body, dataset: str) -> dict[str, Any]:
    validation, test = options.validation or {}, options.test or {}
    shares: dict[str, Any] = {}
    if "fraction" in validation:
        shares[VALIDATION] = {name: validation[name] for name in SHARE if name in validation}
    elif DATASET in validation:
        shares[VALIDATION] = {DATASET: validation[DATASET][dataset]}
    elif validation and VALIDATION not in rest:
        parts = RequestReader()
        parts.reject(
            VALIDATION, f"is required: the job of these options was given {validation['rows']:,} rows of its own"
        )
        parts.finish()
    if "fraction" in test:
        drawn_alike = "fraction" in validation
        shares[TEST] = {name: test[name] for name in SHARE if name in test and (name == "fraction" or not drawn_alike)}
    return shares


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}
