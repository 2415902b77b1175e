import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.tracking.filters import MAX_COMPARISONS, FilterError, read_filter
from service.tracking.order import ordered, read_order

RUN = {
    "attributes": {"status": "FINISHED", "run_id": "job_1", "run_name": "a b", "start_time": 1000, "end_time": None},
    "metrics": {"loss": 0.25, "top_3_accuracy": 0.5, "val_loss": math.nan},
    "params": {"batch_size": "32", "optimizer.learning_rate": "0.05"},
    "tags": {"mlflow.runName": "a b"},
}


def matches(text):
    return all(comparison.holds(RUN) for comparison in read_filter(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "metrics.loss < 0.3",
        "metrics.loss<0.3 and metrics.loss>=.25 AND metric.`top_3_accuracy` = 5e-1",
        "params.batch_size = '32' and params.optimizer.learning_rate != \"0.5\"",
        'tags."mlflow.runName" = \'a b\' and tags.mlflow.runName = "a b"',
        "attributes.status = 'FINISHED' and status != 'FAILED' and run_id == 'job_1'",
        "attributes.start_time > 999 and start_time <> '1001'",
        "metrics.loss > -1e+3",
    ],
)
def test_a_run_matches(text):
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "metrics.loss > 0.3",
        "metrics.accuracy > 0",
        "metrics.accuracy != 1",
        "metrics.val_loss < 1",
        "params.epochs != '3'",
        "attributes.end_time > 0",
        "metrics.loss < 0.3 and params.batch_size = '33'",
    ],
)
def test_a_run_that_differs_or_lacks_the_value_does_not(text):
    assert not matches(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("params.batch_size LIKE '3%'", "the operator LIKE is not supported, only =, !=, <, <=, >, >="),
        ("attributes.run_id IN ('a', 'b')", "the operator IN is not supported"),
        ("run_id NOT IN ('a')", "the operator NOT IN is not supported"),
        ("metrics.loss IS NULL", "the operator IS is not supported"),
        ("datasets.name = 'x'", "datasets. is not supported: compare metrics., params., tags. or attributes."),
        ("artifact_uri = 'x'", "the attribute artifact_uri is not supported, only status"),
        ("metrics.loss < 1 or metrics.loss > 2", "must join comparisons by and, got or metrics.loss > 2"),
        ("metrics.loss < 1 and", "must not end in and"),
        ("metrics.loss < low", "metrics.loss must be compared with a number, got low"),
        ("params.batch_size > '3'", "params.batch_size is text, which only = and != compare"),
        ("params.batch_size = 32", "params.batch_size must be compared with a text in quotes, got 32"),
        ("loss", "cannot be read from here: loss; an example is metrics.loss < 0.1"),
        ("metrics.loss < 1 and " * MAX_COMPARISONS + "metrics.loss < 1", "must have at most 50 comparisons"),
        ("a" * 5000, "must be at most 4,000 characters long"),
    ],
)
def test_what_is_not_supported_is_named(text, words):
    with pytest.raises(FilterError) as rejected:
        read_filter(text)
    assert words in str(rejected.value)


@settings(max_examples=100)
@given(st.text(st.sampled_from("ab.`\"'(),<=! and1eE-+\n"), max_size=60))
def test_any_text_is_read_or_rejected(text):
    try:
        read_filter(text)
    except FilterError as error:
        assert str(error)


@pytest.mark.parametrize("piece", ["a", "a ", "`", "a.", "(", "1", "not ", "a = 'b' and "])
def test_no_text_takes_long(piece):
    began = time.perf_counter()
    with pytest.raises(FilterError):
        read_filter((piece * 4000)[:3990] + "!")
    assert time.perf_counter() - began < 0.5


def runs(*losses):
    return [{"metrics": {} if loss is None else {"loss": loss}, "attributes": {"run_id": "x"}} for loss in losses]


@pytest.mark.parametrize(
    ("order", "places"),
    [
        (["metrics.loss"], [2, 0, 4, 1, 3]),
        (["metrics.loss ASC"], [2, 0, 4, 1, 3]),
        (["metrics.`loss` desc"], [0, 4, 2, 1, 3]),
        (["run_id", "metrics.loss DESC"], [0, 4, 2, 1, 3]),
    ],
)
def test_runs_without_the_number_come_last_and_equals_keep_their_order(order, places):
    assert ordered(runs(0.5, None, 0.1, math.nan, 0.5), read_order(order)) == places


def test_only_the_newest_first_is_the_order_of_storage():
    assert [read_order([text])[0].is_newest_first for text in ("start_time DESC", "attributes.start_time ASC")] == [
        True,
        False,
    ]
    with pytest.raises(FilterError, match="dataset. is not supported"):
        read_order(["dataset.x DESC"])
