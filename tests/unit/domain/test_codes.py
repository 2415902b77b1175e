"""The documented words are those that the code writes."""

import re
from pathlib import Path

from service.domain.codes import EVENT_KINDS, JOB_ERROR_CODES, SEARCH_ERROR_CODES
from service.errors import Forbidden

SOURCES = [path.read_text() for path in (Path(__file__).parents[3] / "service").rglob("*.py")]


def found(pattern):
    return {word for source in SOURCES for word in re.findall(pattern, source)}


def test_every_code_of_a_jobs_error_is_documented_and_used():
    assert found(r'JobError\(\s*code="(\w+)"') == set(JOB_ERROR_CODES)


def test_every_code_of_a_searchs_error_is_documented_and_used():
    """Beside its own codes, that of the error with which a search ends that lacks the rights to go on."""
    assert found(r'SearchError\(\s*code="(\w+)"') | {Forbidden.code} == set(SEARCH_ERROR_CODES)


def test_every_kind_of_a_jobs_event_is_documented_and_used():
    added = found(r'(?<!network_)(?:events\.add|add_event)\([^"{\n]*"(\w+)"')
    moved = found(r'\(Status\.\w+, "([a-z_]+)"\)|Status\.\w+: "([a-z_]+)"[,}]') | found(
        r'move\([^"\n]*Status\.\w+, "(\w+)"'
    )
    words = added | {word for pair in moved for word in (pair if isinstance(pair, tuple) else (pair,)) if word}
    assert words == set(EVENT_KINDS)
