"""Other programs with their defaults, on the same rows: those that are installed."""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.real_tables.figures import Answers
from benchmarks.real_tables.tables import MISSING, Real, Split

CORES = 2
#: As many as HistGradientBoosting takes.
MOST_WORDS = 254


def answers_of(method: str, split: Split) -> Answers:
    """The target of an MLP is standardised, which helps it."""
    table = split.table
    model = PEERS[method](table, split.seed)
    rows, held_out = (_cells(table, part) for part in (split.rows, split.held_out))
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if table.is_numeric:
            model.fit(rows, np.array(split.answers, float))
            return Answers(np.asarray(model.predict(held_out), float).ravel(), time.perf_counter() - started)
        model.fit(rows, np.searchsorted(split.classes, split.answers))
        return Answers(np.asarray(model.predict_proba(held_out), float), time.perf_counter() - started)


def _mlp(table: Real, seed: int) -> Any:
    if not table.is_numeric:
        return make_pipeline(_one_hot(table), MLPClassifier(random_state=seed))
    return make_pipeline(
        _one_hot(table), TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
    )


def _forest(table: Real, seed: int) -> Any:
    forest = RandomForestRegressor if table.is_numeric else RandomForestClassifier
    return make_pipeline(_one_hot(table), forest(random_state=seed, n_jobs=CORES))


def _boosting(table: Real, seed: int) -> Any:
    boosting = HistGradientBoostingRegressor if table.is_numeric else HistGradientBoostingClassifier
    # The columns of words come first.
    return make_pipeline(_codes(table), boosting(random_state=seed, categorical_features=range(len(table.words))))


def _lightgbm(table: Real, seed: int) -> Any:
    import lightgbm

    model = lightgbm.LGBMRegressor if table.is_numeric else lightgbm.LGBMClassifier
    return make_pipeline(_codes(table), model(random_state=seed, verbose=-1, n_jobs=CORES))


def _catboost(table: Real, seed: int) -> Any:
    import catboost

    model = catboost.CatBoostRegressor if table.is_numeric else catboost.CatBoostClassifier
    options = {"random_seed": seed, "verbose": 0, "thread_count": CORES, "allow_writing_files": False}
    return make_pipeline(_one_hot(table), model(**options))


def _realmlp(table: Real, seed: int) -> Any:
    import pytabkit

    model = pytabkit.RealMLP_TD_Regressor if table.is_numeric else pytabkit.RealMLP_TD_Classifier
    return make_pipeline(_one_hot(table), model(random_state=seed, n_threads=CORES, device="cpu"))


PEERS: Mapping[str, Callable[[Real, int], Any]] = {
    "MLP": _mlp,
    "RandomForest": _forest,
    "HistGradientBoosting": _boosting,
    "LightGBM": _lightgbm,
    "CatBoost": _catboost,
    "RealMLP": _realmlp,
}
#: The package that a peer needs.
PACKAGES = {"LightGBM": "lightgbm", "CatBoost": "catboost", "RealMLP": "pytabkit"}


def installed() -> list[str]:
    return [name for name in PEERS if name not in PACKAGES or importlib.util.find_spec(PACKAGES[name])]


def _numbers(table: Real) -> list[int]:
    return [at for at in range(len(table.names)) if at not in table.words]


def _one_hot(table: Real) -> Any:
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", sparse_output=False, max_categories=MOST_WORDS)
    of_words = make_pipeline(SimpleImputer(strategy="most_frequent"), encoder)
    of_numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return make_column_transformer((of_words, list(table.words)), (of_numbers, _numbers(table)))


def _codes(table: Real) -> Any:
    """Words as numbers from 0, rare and unknown ones as missing."""
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=MOST_WORDS,
    )
    return make_column_transformer((encoder, list(table.words)), ("passthrough", _numbers(table)))


def _cells(table: Real, rows: Sequence[Sequence[str]]) -> Any:
    words = set(table.words)
    return np.array(
        [
            [np.nan if cell in MISSING else cell if at in words else float(cell) for at, cell in enumerate(row)]
            for row in rows
        ],
        dtype=object,
    )
