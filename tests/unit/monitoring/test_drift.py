"""PSI against its formula by hand, KS against SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service.monitoring.cells import NumberCells, WordCells
from service.monitoring.drift import column_drift, kolmogorov_smirnov, p_value, psi
from service.monitoring.reference import BINS, read_reference, reference_of, references_of
from tests.examples import examples

NUMBERS = st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6)), min_size=3, max_size=300)


def numbers(*values):
    return NumberCells(np.array(values, np.float64))


def words(text, *known):
    """One letter per row; - is missing, and a letter that is not known is unseen."""
    places = {word: place for place, word in enumerate(known)} | {"-": -1}
    return WordCells(np.array([places.get(letter, -2) for letter in text], np.int32), known)


def test_psi_is_that_of_a_table_worked_out_by_hand():
    # (9.5, 29.5) of 39 and (19.5, 19.5) of 39.
    expected, actual = (9.5 / 39, 29.5 / 39), (19.5 / 39, 19.5 / 39)
    by_hand = sum((a - e) * math.log(a / e) for e, a in zip(expected, actual, strict=True))
    assert psi([9, 29], [19, 19]) == pytest.approx(by_hand, rel=1e-12)


def test_psi_is_zero_for_equal_shares_and_finite_for_empty_bins():
    assert psi([10, 20], [10, 20]) == 0
    assert 0.2 < psi([100, 0], [0, 100]) < math.inf


def test_psi_without_a_move_is_about_what_chance_makes_of_it():
    random = np.random.default_rng(5)
    reference = reference_of(numbers(*random.normal(size=20_000)))
    found = [column_drift("x", reference, numbers(*random.normal(size=500))).psi for _ in range(200)]
    assert np.mean(found) == pytest.approx(9 * (1 / 500 + 1 / 20_000), rel=0.2)


@settings(max_examples=examples(50), deadline=None)
@given(training=NUMBERS, new=NUMBERS)
def test_the_statistic_is_scipys_or_less_by_at_most_one_bin(training, new):
    reference = reference_of(numbers(*training))
    ours = kolmogorov_smirnov(reference, numbers(*new)).statistic
    exact = stats.ks_2samp(training, new, method="asymp").statistic
    largest = max(reference.counts) / sum(reference.counts)
    assert exact - largest - 1e-12 <= ours <= exact + 1e-12
    if len(set(training)) <= BINS:
        assert ours == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(("n", "m"), [(2000, 3000), (100_000, 500)])
@pytest.mark.parametrize("statistic", [0.01, 0.03, 0.06, 0.1])
def test_the_p_value_is_scipys(n, m, statistic):
    exact = stats.kstwo.sf(statistic, round(n * m / (n + m)))
    assert p_value(statistic, n, m) == pytest.approx(exact, abs=0.01)


def test_the_bins_of_numbers_are_tenths_of_the_training_rows():
    reference = reference_of(numbers(*range(1000)))
    drift = column_drift("x", reference, numbers(*range(1000)))
    assert [bin.expected for bin in drift.bins] == [pytest.approx(0.1)] * 10
    assert (drift.psi, drift.ks.statistic) == (0, 0)
    assert drift.bins[0].above is None
    assert drift.bins[-1].up_to is None


def test_what_lies_beyond_the_training_falls_into_the_outer_bins():
    reference = reference_of(numbers(*range(1000)))
    drift = column_drift("x", reference, numbers(-50, 5000, 5000, 5000))
    assert [bin.actual for bin in drift.bins] == [0.25, *[0.0] * 8, 0.75]
    assert drift.ks.statistic == pytest.approx(0.75)


def test_missing_cells_have_a_bin_of_their_own():
    reference = reference_of(numbers(*range(100)))
    drift = column_drift("x", reference, numbers(*range(50), *[math.nan] * 50))
    assert (drift.bins[-1].kind, drift.bins[-1].expected, drift.bins[-1].actual) == ("missing", 0, 0.5)
    assert drift.psi > 0.2


def test_a_rare_rest_keeps_its_bin():
    reference = reference_of(numbers(*[0.0] * 950, *[1.0] * 50))
    assert column_drift("x", reference, numbers(*[0.0] * 500, *[1.0] * 500)).psi > 0.2


def test_unseen_words_and_words_beyond_the_frequent_ones_are_counted_together():
    reference = reference_of(words("aaaabbc-", "a", "b", "c"))
    drift = column_drift("x", reference, words("abzz", "a", "b", "c"))
    assert [(bin.kind, bin.word, bin.expected, bin.actual) for bin in drift.bins] == [
        ("word", "a", 0.5, 0.25),
        ("word", "b", 0.25, 0.25),
        ("word", "c", 0.125, 0.0),
        ("other", None, 0.0, 0.5),
        ("missing", None, 0.125, 0.0),
    ]
    assert drift.ks is None


def test_a_column_without_a_value_in_training_has_no_statistic_but_a_psi():
    reference = reference_of(numbers(math.nan, math.nan))
    drift = column_drift("x", reference, numbers(1.0, 2.0))
    assert drift.ks is None
    assert math.isfinite(drift.psi)


@pytest.mark.parametrize("cells", [numbers(1, 2, 2, math.nan), numbers(*range(500)), words("aab-", "a", "b")])
def test_a_reference_is_read_back_as_it_was_written(cells):
    reference = reference_of(cells)
    assert read_reference(references_of({"x": cells})["x"]) == reference
