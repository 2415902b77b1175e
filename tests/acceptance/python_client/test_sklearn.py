"""The estimators behave as scikit-learn's, on a running service."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from feedforward_client import Client, ValidationError
from feedforward_client.sklearn import FeedforwardClassifier, FeedforwardRegressor
from tests.acceptance.python_client.tutorial import changed_import, session
from tests.acceptance.running import ROOT, RunningService

#: Every check of scikit-learn that cannot pass, with its reason.
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "a row of weight 2 is in one mini-batch, two rows may be in two",
}
PENGUINS = pd.read_csv(ROOT / "service/demo/penguins.csv")
EARLY_OUT = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def _address(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDFORWARD_URL", service.url)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "estimator", [FeedforwardClassifier(max_iter=100), FeedforwardRegressor(max_iter=100)], ids=repr
)
def test_it_passes_the_checks_of_scikit_learn(estimator) -> None:
    results = check_estimator(estimator, expected_failed_checks=EXPECTED_FAILURES, on_skip=None)
    failed = {result["check_name"] for result in results if result["status"] == "xfail"}
    assert failed == set(EXPECTED_FAILURES) and len(results) >= 55
    assert {result["check_name"] for result in results if result["status"] == "skipped"} <= {"check_array_api_input"}


@EARLY_OUT
def test_it_learns_what_the_perceptron_of_scikit_learn_learns() -> None:
    options = {"hidden_layer_sizes": (32,), "max_iter": 30, "random_state": 0}
    X, y = load_digits(return_X_y=True)
    split = train_test_split(X / 16, y, random_state=0, stratify=y)
    ours, theirs = (kind(**options).fit(split[0], split[2]) for kind in (FeedforwardClassifier, MLPClassifier))
    assert ours.score(split[1], split[3]) > theirs.score(split[1], split[3]) - 0.02
    assert ours.out_activation_ == theirs.out_activation_ and ours.n_layers_ == theirs.n_layers_
    assert len(ours.loss_curve_) == ours.n_iter_ == 30 and ours.loss_ == pytest.approx(theirs.loss_, rel=0.2)
    X, y = load_diabetes(return_X_y=True)
    options |= {"learning_rate_init": 0.05, "max_iter": 60}
    ours, theirs = (kind(**options).fit(X, y) for kind in (FeedforwardRegressor, MLPRegressor))
    assert ours.score(X, y) > theirs.score(X, y) - 0.05 > 0.3


@EARLY_OUT
def test_the_examples_of_scikit_learns_documentation_run_with_nothing_but_the_import_changed() -> None:
    """They print the labels that are documented there; shares and scores are those of another random generator."""
    printed = dict(session(changed_import(MLPClassifier, FeedforwardClassifier)))
    assert printed["clf.predict(X_test[:5, :])\n"] == "array([1, 0, 1, 0, 1])\n"
    assert float(printed["clf.score(X_test, y_test)\n"]) >= 0.8
    printed = dict(session(changed_import(MLPRegressor, FeedforwardRegressor)))
    assert printed["regr.fit(X_train, y_train)\n"].startswith("FeedforwardRegressor(max_iter=2000, ")
    assert float(printed["regr.score(X_test, y_test)\n"]) >= 0.95


@EARLY_OUT
def test_an_l2_penalty_and_a_first_epoch_equal_those_of_scikit_learn() -> None:
    """One full batch: the loss before any step is that of the first weights, so it can be compared at zero weights."""
    X, y = np.zeros((8, 2)), np.arange(8.0)
    options = {"max_iter": 1, "batch_size": 8, "alpha": 0.0, "hidden_layer_sizes": (2,), "activation": "identity"}
    ours = FeedforwardRegressor(**options).fit(X, y)
    assert ours.loss_ == pytest.approx(np.mean(y**2) / 2)  # Biases start at zero, so it predicts zero.


@EARLY_OUT
def test_equal_seeds_give_equal_networks() -> None:
    X, y = load_wine(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    first, again, other = (
        FeedforwardClassifier(max_iter=5, random_state=seed).fit(X, y).predict_proba(X) for seed in (1, 1, 2)
    )
    assert first.tobytes() == again.tobytes() != other.tobytes()
    np.testing.assert_allclose(first.sum(axis=1), 1)


@EARLY_OUT
def test_a_table_is_trained_as_it_is() -> None:
    birds = PENGUINS.assign(seen=pd.to_datetime("2024-01-01") + pd.to_timedelta(range(len(PENGUINS)), "h"), tame=True)
    X, y = birds.drop(columns="species"), birds["species"]
    model = FeedforwardClassifier(max_iter=40, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.95 and model.classes_.tolist() == ["Adelie", "Chinstrap", "Gentoo"]
    assert {column["name"]: column["type"] for column in model.network_["table"]["inputs"]}["seen"] == "time"
    with pytest.raises(ValueError, match="feature names"):
        model.predict(X.drop(columns="island"))
    with pytest.raises(TypeError, match="DataFrame"):
        model.predict(np.zeros((1, 9)))
    with pytest.raises(ValueError, match="may not be called"):
        FeedforwardClassifier().fit(X.rename(columns={"island": "target"}), y)
    numbered = X.set_axis(range(X.shape[1]), axis=1)
    assert FeedforwardClassifier(max_iter=2, random_state=0).fit(numbered, y).predict(numbered).shape == y.shape
    weight = FeedforwardRegressor(max_iter=60, random_state=0).fit(
        X.drop(columns="body_mass_g")[2:], X["body_mass_g"].fillna(4000)[2:]
    )
    assert 2500 < weight.predict(X.drop(columns="body_mass_g")[:3]).mean() < 6500


@EARLY_OUT
def test_weights_of_samples_count() -> None:
    X, y = np.zeros((40, 1)), np.array([0, 1] * 20)
    weights = np.where(y == 1, 3.0, 1.0)
    options = {"max_iter": 300, "learning_rate_init": 0.05, "n_iter_no_change": 300, "alpha": 0.0}
    assert FeedforwardClassifier(**options).fit(X, y, weights).predict_proba(X)[0, 1] == pytest.approx(0.75, abs=0.01)
    table = pd.DataFrame({"a": ["x"] * 40})
    model = FeedforwardClassifier(**options).fit(table, y, weights)
    assert model.predict_proba(table)[0, 1] == pytest.approx(0.75, abs=0.02)


@EARLY_OUT
def test_many_numbers_go_as_a_file(monkeypatch) -> None:
    X, y = load_iris(return_X_y=True)
    inline = FeedforwardClassifier(max_iter=5, random_state=0).fit(X, y, np.ones(150))
    two = FeedforwardRegressor(max_iter=2).fit(X, np.c_[y, y])
    monkeypatch.setattr("feedforward_client.estimator.INLINE_NUMBERS", 10)
    monkeypatch.setattr("feedforward_client.estimator.ROWS_PER_REQUEST", 40)
    as_file = FeedforwardClassifier(max_iter=5, random_state=0).fit(X, y, np.ones(150))
    np.testing.assert_allclose(as_file.predict_proba(X), inline.predict_proba(X), rtol=1e-9)
    assert as_file.job_["options"]["dataset"]["name"] and not inline.job_["options"]["dataset"]
    assert two.predict(X).shape == FeedforwardRegressor(max_iter=2).fit(X, np.c_[y, y]).predict(X).shape == (150, 2)


@EARLY_OUT
def test_pipelines_searches_and_cross_validation_work() -> None:
    X, y = load_wine(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), FeedforwardClassifier(max_iter=20, random_state=0))
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    grid = {"feedforwardclassifier__learning_rate_init": [1e-7, 0.01], "feedforwardclassifier__alpha": [0.0001]}
    search = GridSearchCV(model, grid, cv=2, n_jobs=2).fit(X, y)
    assert search.best_params_["feedforwardclassifier__learning_rate_init"] == 0.01
    assert search.predict_proba(X).shape == (178, 3)


@EARLY_OUT
def test_a_pickle_refers_to_the_network_and_holds_no_key(service: RunningService) -> None:
    X, y = load_iris(return_X_y=True)
    with Client(service.url) as client:
        model = FeedforwardClassifier(max_iter=3, client=client, key="ff_secret").fit(X, y)
        assert clone(model).client is client
        stored = pickle.dumps(model)
        expected = model.predict(X)
    again = pickle.loads(stored)
    assert b"ff_secret" not in stored and again.network_id_ == model.network_id_
    np.testing.assert_array_equal(again.predict(X), expected)
    assert again.network_.update(name="iris").name == "iris"  # The name may change, the id does not.
    np.testing.assert_array_equal(again.predict(X), expected)


@EARLY_OUT
def test_a_notebook_shows_the_layers_and_the_loss() -> None:
    X, y = load_iris(return_X_y=True)
    model = FeedforwardClassifier(max_iter=3, early_stopping=True)
    assert "Loss by epoch" not in model._repr_html_()
    page = model.fit(X, y)._repr_html_()
    assert "Loss by epoch" in page and "<circle" in page and "val_loss" in page
    assert len(model.validation_loss_curve_) == model.n_iter_


def test_what_is_assumed_and_what_is_wrong_is_said() -> None:
    X, y = load_iris(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="3 epochs"):
        FeedforwardClassifier(max_iter=3).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert FeedforwardClassifier(tol=10, n_iter_no_change=2).fit(X, y).n_iter_ < 10
    with pytest.raises(NotFittedError):
        FeedforwardClassifier().predict(X)
    with pytest.raises(ValueError, match="lbfgs.*adam"):
        FeedforwardClassifier(solver="lbfgs").fit(X, y)
    with pytest.raises(ValueError, match="invscaling.*constant"):
        FeedforwardClassifier(learning_rate="invscaling").fit(X, y)
    with pytest.raises(ValueError, match="batch_size.*got 0"):
        FeedforwardClassifier(batch_size=0).fit(X, y)
    with pytest.raises(ValidationError, match="activation"):
        FeedforwardClassifier(activation="reluu").fit(X, y)
    with pytest.raises(ValueError, match="2 classes"):
        FeedforwardClassifier().fit(X, np.zeros(150))


@EARLY_OUT
def test_other_optimizers_and_schedules_of_the_service_can_be_named() -> None:
    X, y = load_iris(return_X_y=True)
    options = {"max_iter": 2, "learning_rate": "cosine"}
    used = [
        FeedforwardClassifier(solver=solver, **options).fit(X, y).job_["options"]["training"]["optimizer"]["type"]
        for solver in ("sgd", "rmsprop", {"type": "adamw", "weight_decay": 0.01})
    ]
    assert used == ["nesterov", "rmsprop", "adamw"]


@EARLY_OUT
def test_classes_that_are_no_different_words_get_names() -> None:
    X, _ = load_iris(return_X_y=True)
    y = np.array(["a", "A", ""] * 50)
    model = FeedforwardClassifier(max_iter=2).fit(X, y)
    assert model.classes_.tolist() == ["", "A", "a"] and model.network_.labels == ["class_0", "class_1", "class_2"]
    assert set(model.predict(X)) <= {"a", "A", ""}
