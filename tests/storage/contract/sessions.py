import time

import pytest

from service.domain.access import IDLE_SECONDS, NewSession
from service.domain.ids import new_id
from service.domain.paging import Page
from service.errors import NotFound
from tests.storage.contract.keys import new_key


def new_session(**changes):
    made = new_id("ses")
    return NewSession(**{"id": made, "key_id": None, "digest": made.encode(), "lifetime_seconds": 60, **changes})


class SessionsContract:
    def test_a_session_comes_back_as_it_was_stored(self, storage):
        key = storage.add_key(new_key())
        wanted = new_session(key_id=key.id)
        stored = storage.add_session(wanted)
        assert (stored.id, stored.key_id) == (wanted.id, key.id)
        assert stored.expires_at - stored.created_at == pytest.approx(60, abs=1)
        assert storage.find_session(wanted.digest) == stored
        assert storage.find_session(b"another") is None
        now = time.time()
        assert stored.is_alive(now) and not stored.is_alive(now + 61)
        long = storage.add_session(new_session(lifetime_seconds=1e6))
        assert long.is_alive(now + 61) and not long.is_alive(now + IDLE_SECONDS + 1)

    def test_an_ended_session_is_gone(self, storage):
        session = storage.add_session(new_session(digest=b"one"))
        storage.touch_session(session.id)
        storage.end_session(session.id)
        assert storage.find_session(b"one") is None
        with pytest.raises(NotFound):
            storage.end_session(session.id)

    def test_a_session_is_forgotten_a_day_after_it_has_expired(self, storage):
        day = 24 * 3600
        for digest, lifetime_seconds in ((b"long ago", -day - 60), (b"today", -day + 60)):
            storage.add_session(new_session(digest=digest, lifetime_seconds=lifetime_seconds))
        storage.add_session(new_session())
        assert storage.find_session(b"long ago") is None
        assert storage.find_session(b"today") is not None

    def test_sessions_are_listed_newest_first_page_by_page(self, storage):
        made = sorted([storage.add_session(new_session()) for _ in range(3)], key=lambda one: one.id, reverse=True)
        assert list(storage.list_sessions(Page(limit=2))) == made[:2]
        assert list(storage.list_sessions(Page(limit=2, after=made[1].id))) == made[2:]
        with pytest.raises(NotFound):
            storage.list_sessions(Page(after="ses_nothing"))

    def test_a_sign_in_works_once_and_in_time(self, storage):
        storage.add_sign_in(b"one", lifetime_seconds=60)
        storage.add_sign_in(b"late", lifetime_seconds=-1)
        assert not storage.use_sign_in(b"late")
        assert not storage.use_sign_in(b"another")
        assert [storage.use_sign_in(b"one"), storage.use_sign_in(b"one")] == [True, False]
