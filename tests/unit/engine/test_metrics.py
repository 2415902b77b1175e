import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sklearn

from service.engine.metrics.table import METRICS, higher_is_better

#: Few distinct scores, so that ties are the rule.
scores = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


@st.composite
def one_class_per_row(draw, least_classes=2):
    """Scores with ties, and classes of which some may be absent."""
    rows, classes = draw(st.integers(1, 12)), draw(st.integers(least_classes, 5))
    outputs = draw(arrays(np.float64, (rows, classes), elements=scores))
    labels = draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    return outputs, labels, np.eye(classes)[labels]


@st.composite
def two_classes(draw):
    rows = draw(st.integers(1, 12))
    outputs = draw(arrays(np.float64, (rows, 1), elements=scores))
    return outputs, draw(arrays(np.int64, rows, elements=st.integers(0, 1)))


@st.composite
def many_labels(draw):
    shape = (draw(st.integers(1, 12)), draw(st.integers(2, 4)))
    return draw(arrays(np.float64, shape, elements=scores)), draw(arrays(np.int64, shape, elements=st.integers(0, 1)))


@st.composite
def values(draw):
    shape = (draw(st.integers(1, 12)), draw(st.integers(1, 3)))
    numbers = st.floats(-100, 100).map(lambda number: round(number, 2))
    return draw(arrays(np.float64, shape, elements=numbers)), draw(arrays(np.float64, shape, elements=numbers))


def measured(name, outputs, targets, *, multilabel=False, **settings):
    """The metric, after checking that it does not depend on the memory order."""
    metric = METRICS[name](**settings)
    result = metric.of(outputs, targets, multilabel=multilabel)
    other = metric.of(np.asfortranarray(outputs), np.asfortranarray(targets), multilabel=multilabel)
    assert other == pytest.approx(result, nan_ok=True, rel=1e-12)
    return result


def oracle(function, *given, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.approx(function(*given, **settings), nan_ok=True, rel=1e-9, abs=1e-12)


@given(one_class_per_row())
def test_accuracy_agrees_with_scikit_learn(case):
    outputs, labels, targets = case
    assert measured("accuracy", outputs, targets) == oracle(sklearn.accuracy_score, labels, outputs.argmax(axis=1))


@given(two_classes())
def test_accuracy_of_a_single_output_agrees_with_scikit_learn(case):
    outputs, labels = case
    expected = oracle(sklearn.accuracy_score, labels, outputs[:, 0] > 0.5)
    assert measured("accuracy", outputs, labels[:, None].astype(float)) == expected


@given(many_labels())
def test_accuracy_of_many_labels_wants_every_label_right(case):
    outputs, labels = case
    expected = oracle(sklearn.accuracy_score, labels, outputs > 0.5)
    assert measured("accuracy", outputs, labels.astype(float), multilabel=True) == expected


def test_accuracy_reads_soft_targets_by_their_largest_share():
    assert measured("accuracy", np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([[0.7, 0.3], [0.6, 0.4]])) == 0.5


@given(one_class_per_row(least_classes=3), st.integers(1, 3))
def test_top_k_accuracy_agrees_with_scikit_learn(case, k):
    outputs, labels, targets = case
    # scikit-learn prefers the last of equals, we the first: the columns in reverse make the two alike.
    last = outputs.shape[1] - 1
    expected = oracle(sklearn.top_k_accuracy_score, last - labels, outputs[:, ::-1], k=k, labels=np.arange(last + 1))
    assert measured("top_k_accuracy", outputs, targets, k=k) == expected


@given(one_class_per_row())
def test_the_first_guess_alone_is_the_accuracy(case):
    outputs, _, targets = case
    assert measured("top_k_accuracy", outputs, targets, k=1) == measured("accuracy", outputs, targets)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@pytest.mark.parametrize("average", ["macro", "micro"])
@given(case=one_class_per_row())
def test_averages_over_classes_agree_with_scikit_learn(name, average, case):
    outputs, labels, targets = case
    guesses = outputs.argmax(axis=1)
    expected = oracle(getattr(sklearn, f"{name}_score"), labels, guesses, average=average, zero_division=0)
    assert measured(name, outputs, targets, average=average) == expected


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@pytest.mark.parametrize("average", [None, "binary", "macro", "micro"])
@given(case=two_classes())
def test_averages_of_a_single_output_agree_with_scikit_learn(name, average, case):
    outputs, labels = case
    undefined = 0 if average == "macro" else math.nan
    expected = oracle(
        getattr(sklearn, f"{name}_score"),
        labels,
        (outputs[:, 0] > 0.5).astype(int),
        average=average or "binary",
        zero_division=undefined,
    )
    assert measured(name, outputs, labels[:, None].astype(float), average=average) == expected


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@given(case=many_labels())
def test_micro_averages_over_labels_agree_with_scikit_learn(name, case):
    outputs, labels = case
    score = getattr(sklearn, f"{name}_score")
    expected = oracle(score, labels, outputs > 0.5, average="micro", zero_division=math.nan)
    assert measured(name, outputs, labels.astype(float), multilabel=True, average="micro") == expected


def test_a_macro_average_leaves_out_what_occurs_nowhere_and_counts_what_is_never_found_as_zero():
    outputs, targets = np.eye(4)[[0, 0, 0]], np.eye(4)[[0, 0, 1]]
    assert measured("precision", outputs, targets) == pytest.approx((2 / 3 + 0) / 2)
    assert measured("recall", outputs, targets) == pytest.approx((1 + 0) / 2)


@given(two_classes())
def test_roc_auc_agrees_with_scikit_learn(case):
    outputs, labels = case
    expected = oracle(sklearn.roc_auc_score, labels, outputs[:, 0]) if len(set(labels)) == 2 else math.nan
    assert measured("roc_auc", outputs, labels[:, None].astype(float)) == pytest.approx(expected, nan_ok=True)


@given(one_class_per_row())
def test_roc_auc_of_several_classes_is_the_mean_over_those_it_is_defined_for(case):
    outputs, labels, targets = case
    columns = [c for c in range(outputs.shape[1]) if 0 < targets[:, c].sum() < len(labels)]
    each = [sklearn.roc_auc_score(labels == column, outputs[:, column]) for column in columns]
    expected = np.mean(each) if each else math.nan
    assert measured("roc_auc", outputs, targets) == pytest.approx(expected, nan_ok=True)


@given(two_classes())
def test_average_precision_agrees_with_scikit_learn(case):
    outputs, labels = case
    expected = oracle(sklearn.average_precision_score, labels, outputs[:, 0]) if len(set(labels)) == 2 else math.nan
    found = measured("average_precision", outputs, labels[:, None].astype(float))
    assert found == pytest.approx(expected, nan_ok=True)


@given(one_class_per_row())
def test_average_precision_of_several_classes_is_the_mean_over_those_it_is_defined_for(case):
    outputs, labels, targets = case
    columns = [c for c in range(outputs.shape[1]) if 0 < targets[:, c].sum() < len(labels)]
    each = [sklearn.average_precision_score(labels == column, outputs[:, column]) for column in columns]
    expected = np.mean(each) if each else math.nan
    assert measured("average_precision", outputs, targets) == pytest.approx(expected, nan_ok=True)


@given(one_class_per_row())
def test_log_loss_agrees_with_scikit_learn(case):
    outputs, labels, targets = case
    p = (outputs + 0.01) / (outputs + 0.01).sum(axis=1, keepdims=True)
    expected = oracle(sklearn.log_loss, labels, p, labels=np.arange(p.shape[1]))
    assert measured("log_loss", p, targets) == expected


@given(two_classes())
def test_log_loss_of_a_single_output_agrees_with_scikit_learn(case):
    outputs, labels = case
    expected = oracle(sklearn.log_loss, labels, outputs[:, 0], labels=[0, 1])
    assert measured("log_loss", outputs, labels[:, None].astype(float)) == expected


@given(many_labels())
def test_log_loss_of_many_labels_is_the_mean_over_them(case):
    outputs, labels = case
    expected = oracle(sklearn.log_loss, labels.ravel(), outputs.ravel(), labels=[0, 1])
    assert measured("log_loss", outputs, labels.astype(float), multilabel=True) == expected


@pytest.mark.parametrize(
    ("name", "function"), [("mae", sklearn.mean_absolute_error), ("rmse", sklearn.root_mean_squared_error)]
)
@given(case=values())
def test_errors_of_values_agree_with_scikit_learn(name, function, case):
    outputs, targets = case
    assert measured(name, outputs, targets) == oracle(function, targets, outputs)


@given(values())
def test_r2_agrees_with_scikit_learn_where_targets_vary(case):
    outputs, targets = case
    varies = np.ptp(targets, axis=0) > 0
    expected = oracle(sklearn.r2_score, targets[:, varies], outputs[:, varies]) if varies.any() else math.nan
    assert measured("r2", outputs, targets) == pytest.approx(expected, nan_ok=True)


@given(values())
def test_mape_agrees_with_scikit_learn_and_is_undefined_at_zero(case):
    outputs, targets = case
    expected = oracle(sklearn.mean_absolute_percentage_error, targets, outputs) if targets.all() else math.nan
    assert measured("mape", outputs, targets) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("name", list(METRICS))
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("multilabel", [False, True])
def test_no_rows_are_undefined_and_wild_outputs_are_no_accident(name, outputs, multilabel):
    metric, targets = METRICS[name](), np.eye(3)[[0, 1, 2, 0]][:, :outputs]
    assert math.isnan(metric.of(np.empty((0, outputs)), np.empty((0, outputs)), multilabel=multilabel))
    for wild in (math.nan, math.inf, -math.inf, 1e300):
        given = np.full((4, outputs), wild)
        assert isinstance(metric.of(given, targets, multilabel=multilabel), float)


@pytest.mark.parametrize("name", list(METRICS))
@pytest.mark.parametrize("outputs", [1, 3])
def test_single_precision_gives_the_number_of_double_precision(name, outputs):
    generator = np.random.default_rng(2)
    values = generator.random((50, outputs), dtype=np.float32)
    targets = np.eye(3, dtype=np.float32)[generator.integers(0, 3, 50)][:, :outputs]
    single, double = (METRICS[name]().of(values.astype(t), targets.astype(t)) for t in (np.float32, np.float64))
    assert single == pytest.approx(double, nan_ok=True, rel=1e-6)


def test_shapes_are_never_broadcast():
    with pytest.raises(ValueError, match=r"\(3, 1\) and \(3,\)"):
        METRICS["mae"]().of(np.zeros((3, 1)), np.zeros(3))


@pytest.mark.parametrize(
    ("metric", "kind", "outputs", "issues"),
    [
        (
            {"type": "accuracy"},
            "regression",
            1,
            ["accuracy is a metric of classification; this network does regression"],
        ),
        ({"type": "r2"}, "classification", 1, ["r2 is a metric of regression; this network does classification"]),
        ({"type": "r2"}, "any", 1, []),
        ({"type": "mae"}, "classification", 1, []),
        (
            {"type": "top_k_accuracy", "k": 5},
            "classification",
            3,
            ["k: must be at most the number of outputs, 3; got 5"],
        ),
        ({"type": "top_k_accuracy"}, "classification", 1, ["top_k_accuracy needs several outputs, one per class"]),
        (
            {"type": "f1", "average": "binary"},
            "classification",
            3,
            ["average: binary needs a single output, this network has 3; use macro or micro"],
        ),
    ],
)
def test_a_metric_says_which_networks_it_cannot_judge(metric, kind, outputs, issues):
    assert [str(issue) for issue in METRICS.read(metric).misfits(kind, outputs)] == issues


def test_a_key_distinguishes_two_top_k():
    assert METRICS.read({"type": "top_k_accuracy", "k": 3}).key == "top_3_accuracy"
    assert METRICS.read("f1").key == "f1"


@pytest.mark.parametrize(
    ("monitored", "higher"),
    [
        ("loss", False),
        ("val_loss", False),
        ("val_accuracy", True),
        ("top_3_accuracy", True),
        ("rmse", False),
        ("r2", True),
    ],
)
def test_the_better_direction_of_a_reported_number_is_known(monitored, higher):
    assert higher_is_better(monitored) == higher


@pytest.mark.parametrize("name", list(METRICS))
def test_every_metric_says_what_it_does_and_where_it_is_from(name):
    assert METRICS[name].formula and METRICS[name].source
