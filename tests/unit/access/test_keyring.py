"""What the database said of a key holds for ten seconds, and is known again without it."""

import time

import pytest

from service.access.keyring import CACHE_SECONDS, MAX_CACHED, Keyring
from service.access.keys import create_key
from service.access.secrets import new_secret
from service.domain.access import ANYBODY, Scope
from service.errors import StorageUnavailable, Unauthenticated


class Counting:
    """A storage's keys, with how often they were asked for; it may be gone."""

    def __init__(self, storage):
        self.storage, self.asked, self.is_gone = storage, 0, False

    def __getattr__(self, name):
        self.asked += name in ("find_key", "needs_keys")
        if self.is_gone:
            raise StorageUnavailable
        return getattr(self.storage, name)


@pytest.fixture
def keys(storage):
    return Counting(storage)


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def keyring(keys, clock):
    return Keyring(keys, clock=lambda: clock[0])


def made(storage, **wanted):
    return create_key(storage, ANYBODY, {"name": "ci", "scopes": ["train"], **wanted})


def test_a_key_is_looked_up_once_in_ten_seconds(storage, keys, keyring, clock):
    key, secret = made(storage, networks=["churn-*"])
    for _ in range(3):
        caller = keyring.caller(secret)
        assert (caller.key_id, caller.scopes, caller.networks) == (key.id, {Scope.TRAIN, Scope.READ}, ("churn-*",))
    assert keys.asked == 1
    clock[0] += CACHE_SECONDS
    keyring.caller(secret)
    assert keys.asked == 2


def test_a_revoked_key_ends_within_ten_seconds_elsewhere_and_at_once_here(storage, keyring, clock):
    key, secret = made(storage)
    caller = keyring.caller(secret)
    storage.revoke_key(key.id, with_made=True)
    assert keyring.still_holds(caller)
    clock[0] += CACHE_SECONDS
    assert not keyring.still_holds(caller)
    with pytest.raises(Unauthenticated):
        keyring.caller(secret)
    other, secret = made(storage)
    keyring.caller(secret)
    storage.revoke_key(other.id, with_made=True)
    keyring.forget()
    with pytest.raises(Unauthenticated):
        keyring.caller(secret)


def test_a_key_ends_on_time_although_it_is_known(storage, keyring, monkeypatch):
    key, secret = made(storage, expires_in_seconds=60)
    keyring.caller(secret)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    with pytest.raises(Unauthenticated):
        keyring.caller(secret)
    assert key.expires_at is not None


def test_what_is_no_key_never_reaches_the_database(keys, keyring):
    for text in ("", "ff_", "' OR 1=1 --", "ff_" + "0" * 36, "x" * 10_000, "ff_\udcff" + "0" * 35):
        with pytest.raises(Unauthenticated):
            keyring.caller(text)
    assert keys.asked == 0


def test_an_unknown_key_is_remembered_too_and_the_memory_has_a_bound(keys, keyring):
    secret = new_secret()
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            keyring.caller(secret)
    assert keys.asked == 1
    keyring._known = dict.fromkeys(map(str.encode, map(str, range(MAX_CACHED))))
    with pytest.raises(Unauthenticated):
        keyring.caller(new_secret())
    assert len(keyring._known) == 1


def test_keys_are_needed_from_the_first_one_on(storage, keyring, clock):
    assert not keyring.is_needed()
    made(storage)
    assert not keyring.is_needed()
    clock[0] += CACHE_SECONDS
    assert keyring.is_needed()


def test_a_key_is_good_for_as_long_as_it_is_known_while_the_database_is_away(storage, keys, keyring, clock):
    _, secret = made(storage)
    caller = keyring.caller(secret)
    keys.is_gone = True
    assert keyring.caller(secret) == caller
    clock[0] += CACHE_SECONDS
    with pytest.raises(StorageUnavailable):
        keyring.caller(secret)
    assert keyring.still_holds(caller)


def test_use_is_noted_once_a_minute(storage, keyring, clock):
    key, secret = made(storage)
    keyring.caller(secret)
    first = storage.get_key(key.id).last_used_at
    assert first is not None
    clock[0] += CACHE_SECONDS
    keyring.caller(secret)
    assert storage.get_key(key.id).last_used_at == first
