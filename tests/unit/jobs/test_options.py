import pytest

from service.jobs.options import JobOptions
from service.schema.validation import SpecError


def test_options_come_back_from_json_as_they_went():
    options = JobOptions.from_json(
        {
            "training": {"epochs": 7, "optimizer": {"type": "sgd", "learning_rate": 0.5}},
            "snapshots": {"every": 3, "keep": 2},
            "start_from": "initial",
            "validation": {"fraction": 0.25, "seed": 1},
            "class_weights": "balanced",
        }
    )
    assert JobOptions.from_json(options.to_json()) == options


def test_best_and_last_weights_are_kept_by_default():
    kept = JobOptions.from_json({"training": {}}).to_json()["snapshots"]
    assert kept == {"best": True, "last": True, "every": None, "keep": 200}


def test_a_wrong_snapshot_policy_is_reported_with_its_place():
    with pytest.raises(SpecError) as rejected:
        JobOptions.from_json({"training": {}, "snapshots": {"every": 0}})
    assert [issue.location for issue in rejected.value.issues] == ["snapshots.every"]
