"""A job that trains an ensemble: rows of its own for each member, a pool of what they held out, equal bits after a
resumption."""

import math
from dataclasses import replace

import numpy as np
import pytest

from service.data.signatures.choice import signature_of
from service.domain.status import RequestedState
from service.engine.inference import predict
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs import encoded_frames
from service.jobs.job_run import run
from service.jobs.messages import Assignment, Orders, ReportIntervals
from service.jobs.preparation import prepare
from tests.unit.jobs.test_preparation import LABELS, TABLE, options, table

SPEC = {
    "inputs": 3,
    "loss": "cross_entropy",
    "layers": [
        {"type": "dense", "units": 4, "activation": "tanh"},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ],
    "dtype": "float64",
    "members": 4,
}
NETWORK = Network(NetworkSpec.from_json(SPEC))
WAYS: dict[str, dict[str, object]] = {
    "random": {"fraction": 0.2, "method": "random"},
    "stratified": {"fraction": 0.2, "stratified": True},
    "hash": {"fraction": 0.2, "method": "hash"},
    "group": {"fraction": 0.2, "group": "nest", "method": "random"},
    "group by hash": {"fraction": 0.2, "group": "nest", "method": "hash"},
}


def prepared(rows=200, **given):
    encoder = signature_of(NETWORK, features=None, labels=LABELS, table=TABLE, statistics=None).encoder(None)
    return prepare({"training": numbered(rows)}, encoder, options(**given), network=NETWORK)


def numbered(rows):
    frame = table(rows)
    frame["size"].values[:] = np.arange(rows)
    return frame


def sizes(rows):
    return {round(float(size), 9) for size in rows.inputs[:, 0]}


@pytest.mark.parametrize("way", WAYS)
def test_each_member_has_validation_rows_of_its_own_and_all_share_the_test_rows(way):
    found = prepared(
        validation=WAYS[way], test={"fraction": 0.1, **{k: v for k, v in WAYS[way].items() if k != "fraction"}}
    )
    held = [sizes(member.validation) for member in found.members]
    trained = [sizes(member.training) for member in found.members]
    every = set.union(*held, *trained)
    assert len({frozenset(one) for one in held}) == 4
    assert all(not own & rows and own | rows == every for own, rows in zip(held, trained, strict=True))
    assert len(every) == 200 - found.report.data["test_rows"] < 200
    assert len(set.union(*held)) > 2 * max(map(len, held))  # rounds do not repeat rows
    assert found.report.rows == len(found.members[0].training)


def test_the_latest_rows_are_the_same_for_all_members():
    found = prepared(validation={"fraction": 0.2, "time": "day"})
    assert len({frozenset(sizes(member.validation)) for member in found.members}) == 1


def test_what_other_trainings_are_told_is_which_rows_no_member_has_seen():
    share = {"fraction": 0.2, "method": "hash"}
    alone = prepared(validation=share).report.data
    assert "split" not in alone or alone["split"] == {"method": "random"}
    with_test = prepared(validation=share, test={**share, "fraction": 0.1}).report.data
    assert 0.1 <= with_test["split"]["below"] < 0.15


def test_a_row_is_scored_by_the_members_that_held_it_out():
    found = prepared(validation=WAYS["random"])
    values = NETWORK.initial_values()
    shares = NETWORK.head.apply(found.pool.scores(values)).T
    own = np.array(
        [predict(m, v, found.pool.rows.inputs) for m, v in zip(NETWORK.members, NETWORK.parted(values), strict=True)]
    )
    for row in range(0, len(found.pool), 7):
        wanted = own[found.pool.holds[:, row], row].mean(axis=0)
        assert shares[row] == pytest.approx(wanted, rel=1e-12)
    without = values.copy()
    without[-4:] = [1, 0, 0, 0]
    assert len(found.pool.known_to(without)) == len(found.members[0].validation)


def test_the_weights_of_classes_count_in_training_only():
    found = prepared(validation=WAYS["random"], class_weights={"Adelie": 3.0})
    member = found.members[2]
    assert set(member.training.sample_weights.tolist()) == {1.0, 3.0}
    assert member.validation.sample_weights is None


# -- a run -----------------------------------------------------------------------------------------------------------

ASSIGNMENT = Assignment(
    job_id="job_1",
    token=1,
    network_id="net_1",
    spec=SPEC,
    options={
        "training": {
            "epochs": 6,
            "batch_size": 16,
            "optimizer": {"type": "adam", "learning_rate": 0.05},
            "early_stopping": {"monitor": "val_loss", "patience": 1, "restore_best": True},
        },
        "validation": {"fraction": 0.25},
        "split_seed": 3,
        "calibrate": True,
    },
    data=encoded_frames.encode({"training": numbered(90)}),
    start_values=NETWORK.to_bytes(NETWORK.initial_values()),
    checkpoint=None,
    intervals=ReportIntervals(report_seconds=math.inf, checkpoint_seconds=0.0),
    labels=LABELS,
    table=TABLE,
)


def reports_of(work, until=None):
    """All reports; after `until` of them the job is to pause."""
    reports = []

    def orders():
        wanted = until is not None and sum(len(report.epochs) for report in reports) >= until
        return Orders(requested_state=RequestedState.PAUSE if wanted else RequestedState.RUN)

    run(work, orders, reports.append)
    return reports


def test_a_job_that_was_stopped_goes_on_with_equal_bits():
    whole = reports_of(ASSIGNMENT)
    epochs = [epoch._replace(seconds=0) for report in whole for epoch in report.epochs]
    (last,) = [one for report in whole for one in report.snapshots if one.kind == "last"]
    best = [one for report in whole for one in report.snapshots if one.kind == "best"]
    for until in (1, 3):
        stopped = reports_of(ASSIGNMENT, until)
        checkpoint = [report.checkpoint for report in stopped if report.checkpoint][-1]
        resumed = reports_of(replace(ASSIGNMENT, checkpoint=checkpoint))
        more = [epoch._replace(seconds=0) for report in resumed for epoch in report.epochs]
        assert more == epochs[checkpoint.epoch :]
        (again,) = [one for report in resumed for one in report.snapshots if one.kind == "last"]
        assert (again.values, again.calibration) == (last.values, last.calibration)
        assert [one.values for report in resumed for one in report.snapshots if one.kind == "best"][-1:] == (
            [best[-1].values] if any(one.epoch > checkpoint.epoch for one in best) else []
        )
    assert last.calibration["rows"] > 30
    assert whole[-1].end.importance is not None


def test_a_member_that_diverges_is_left_out_and_said():
    start = NETWORK.initial_values()
    NETWORK.parted(start)[1][...] = 1e308
    reports = reports_of(replace(ASSIGNMENT, start_values=NETWORK.to_bytes(start)))
    (last,) = [one for report in reports for one in report.snapshots if one.kind == "last"]
    weights = NETWORK.from_bytes(last.values)[-4:]
    assert weights == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])
    assert reports[-1].end.error is None
    assert [epoch.fits[1] for report in reports for epoch in report.epochs] == [None] * len(
        [epoch for report in reports for epoch in report.epochs]
    )
    (found,) = [finding for finding in reports[-1].findings or () if finding["code"] == "member_diverged"]
    assert found["sentence"] == "Member 2 of 4 diverged and has no weight in the mean."


# -- weights ---------------------------------------------------------------------------------------------------------


def weighed(reports):
    (last,) = [one for report in reports for one in report.snapshots if one.kind == "last"]
    best = [one for report in reports for one in report.snapshots if one.kind == "best"][-1]
    weights = [NETWORK.from_bytes(one.values)[-4:].tolist() for one in (last, best)]
    assert weights[0] == weights[1] == reports[-1].end.average["weights"]
    return reports[-1].end.average


def test_members_that_hold_out_other_rows_count_equally():
    average = weighed(reports_of(ASSIGNMENT))
    assert average["weights"] == [0.25] * 4
    assert "other rows" in average["reason"]


def with_the_latest_rows(rows, start=None):
    options = {**ASSIGNMENT.options, "validation": {"fraction": 0.5, "time": "day"}}
    start = NETWORK.initial_values() if start is None else start
    data = encoded_frames.encode({"training": numbered(rows)})
    return replace(ASSIGNMENT, options=options, data=data, start_values=NETWORK.to_bytes(start))


def test_a_member_that_learns_nothing_gets_no_weight():
    start = NETWORK.initial_values()
    NETWORK.parted(start)[2][...] *= 1e4  # so certain that no gradient is left, and wrong
    average = weighed(reports_of(with_the_latest_rows(200, start)))
    assert average["weights"][2] == 0
    assert sum(average["weights"]) == pytest.approx(1)
    assert average["rows"] == 100
    assert average["loss"] < average["equal_loss"]
    assert "lower the loss" in average["reason"]


def test_few_rows_choose_no_weights():
    average = weighed(reports_of(with_the_latest_rows(40)))
    assert average["weights"] == [0.25] * 4
    assert average["reason"].startswith("only 20 rows")


# -- recipes ---------------------------------------------------------------------------------------------------------

RECIPES = [{"count": 2, "inputs": [0]}, {"count": 3}]
MIX = Network(NetworkSpec.from_json({**SPEC, "members": RECIPES}))


def test_members_at_one_place_of_their_recipes_hold_out_the_same_rows():
    encoder = signature_of(MIX, features=None, labels=LABELS, table=TABLE, statistics=None).encoder(None)
    found = prepare({"training": numbered(200)}, encoder, options(validation=WAYS["random"]), network=MIX)
    held = [sizes(member.validation) for member in found.members]
    assert held[:2] == held[2:4]
    assert held[4] not in held[:2]
    assert [member.training.inputs.shape[1] for member in found.members] == [1, 1, 3, 3, 3]
    assert found.pool.rows.inputs.shape[1] == 3


def test_recipes_are_weighed_by_the_rows_that_all_of_them_hold_out():
    start = MIX.initial_values()
    MIX.parted(start)[0][...] *= 1e4  # the first recipe is certain and wrong
    MIX.parted(start)[1][...] *= 1e4
    work = replace(
        ASSIGNMENT,
        spec={**SPEC, "members": RECIPES},
        start_values=MIX.to_bytes(start),
        data=encoded_frames.encode({"training": numbered(200)}),
    )
    reports = reports_of(work)
    average = reports[-1].end.average
    assert average["weights"] == pytest.approx([0, 0, 1 / 3, 1 / 3, 1 / 3])
    assert 80 <= average["rows"] <= 120  # those of two draws, of a quarter each
    columns = {told["column"]: told for told in reports[-1].end.importance}
    assert set(columns) == {"size", "island"}
    stopped = reports_of(work, 2)
    checkpoint = [report.checkpoint for report in stopped if report.checkpoint][-1]
    again = reports_of(replace(work, checkpoint=checkpoint))
    (last,) = [one for report in reports for one in report.snapshots if one.kind == "last"]
    (resumed,) = [one for report in again for one in report.snapshots if one.kind == "last"]
    assert resumed.values == last.values
    assert again[-1].end.average == average
