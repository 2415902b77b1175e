"""Seeded failures, each of which must be found, and healthy trainings, none of which may cry wolf."""

from pathlib import Path

import pytest

from service.jobs.findings.finding import CODES, SEVERITIES
from tests.unit.jobs.findings.failures import FAILURES
from tests.unit.jobs.findings.healthy import HEALTHY

PAGE = Path(__file__).parents[4] / "docs" / "findings.md"


@pytest.mark.parametrize("training", FAILURES, ids=lambda training: training.__name__)
def test_a_seeded_failure_is_found(training):
    found = {finding["code"]: finding for finding in training()}
    assert FAILURES[training] in found
    finding = found[FAILURES[training]]
    assert finding["severity"] in SEVERITIES and finding["sentence"] and finding["try"]


@pytest.mark.parametrize("training", HEALTHY, ids=lambda training: training.__name__)
def test_a_healthy_training_has_no_findings(training):
    assert training() == ()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_documented(code):
    assert f"| `{code}` |" in PAGE.read_text()


def test_every_code_is_shown_by_a_failure():
    assert set(FAILURES.values()) == set(CODES) - {"targets_out_of_range", "member_diverged", "threshold_not_chosen"}
