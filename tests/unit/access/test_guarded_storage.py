"""Every method of a storage is either checked, or known to need no check."""

import inspect

import pytest

from service.access import guarded_storage
from service.access.guarded_storage import (
    NEVER,
    OF_DATASET,
    OF_JOB,
    OF_MODEL,
    OF_NETWORK,
    OF_OWNER,
    OF_SCHEDULE,
    OF_SEARCH,
    OPEN,
    GuardedStorage,
    guarded,
)
from service.domain.access import ANYBODY, Caller, Scope, matches
from service.storage.base import Storage

CALLER = Caller(key_id="key_1", scopes=frozenset(Scope), networks=("churn-*",))
METHODS = {name for name, _ in inspect.getmembers(Storage, inspect.isfunction) if not name.startswith("_")}
OWN = {name for name in vars(GuardedStorage) if not name.startswith("_")}
TABLES = (OPEN, OF_NETWORK, OF_JOB, OF_SCHEDULE, OF_SEARCH, OF_DATASET, OF_OWNER, OF_MODEL, NEVER, OWN)


def test_every_method_of_a_storage_stands_in_one_table():
    assert set().union(*TABLES) == METHODS
    assert sum(map(len, TABLES)) == len(METHODS)


@pytest.mark.parametrize("name", sorted(NEVER | {"invented"}))
def test_what_is_not_for_callers_cannot_be_called(storage, name):
    with pytest.raises(AttributeError):
        getattr(GuardedStorage(storage, CALLER), name)


def test_an_own_method_takes_what_the_storage_takes(storage):
    for name in OWN:
        ours = inspect.signature(getattr(GuardedStorage, name)).parameters
        theirs = inspect.signature(getattr(Storage, name)).parameters
        assert list(theirs)[: len(ours) - 1] == list(ours)[:-1] or list(theirs) == list(ours), name


def test_who_may_see_everything_has_the_storage_itself(storage):
    assert guarded(storage, ANYBODY) is storage
    assert guarded(storage, CALLER) is not storage
    assert guarded_storage.OPEN


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("churn-*", "churn-eu", True),
        ("churn-*", "churn-", True),
        ("churn-*", "Churn-eu", False),
        ("churn.*", "churn-eu", False),
        ("*", "anything", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("churn", "churn-eu", False),
        ("churn-*", "churn-eu\n", True),
        ("churn-eu", "churn-eu\n", False),
    ],
)
def test_a_pattern_means_names(pattern, name, does):
    assert matches(name, pattern) is does
