import pytest

from service.domain.idempotency import IdempotencyKey, StoredAnswer
from service.domain.paging import Page
from service.errors import AlreadyExists, KeyReused, NotFound, StorageError
from tests.storage.makers import at_once, stored_job, stored_network

ANSWER = StoredAnswer(status=201, body=b'{"id": "net_1"}', location="/networks/net_1")
KEY = IdempotencyKey(route="POST /networks", key="abc", fingerprint="of the body")


class TransactionsContract:
    def test_the_database_answers(self, storage):
        storage.ping()

    def test_all_of_a_transaction_happens_or_none(self, storage):
        with pytest.raises(ZeroDivisionError), storage.transaction():
            stored_network(storage, name="undone")
            assert storage.get_network("undone").name == "undone"
            raise ZeroDivisionError
        with pytest.raises(NotFound):
            storage.get_network("undone")
        with storage.transaction(), storage.transaction():
            stored_network(storage, name="done")
        assert storage.get_network("done").name == "done"

    def test_others_see_nothing_of_a_transaction_before_its_end(self, storage):
        with storage.transaction():
            stored_network(storage)
            (seen,) = at_once(lambda _: storage.list_networks(Page()), 1)
        assert seen == []

    def test_a_finding_that_fails_leaves_a_transaction_whole(self, storage):
        with storage.transaction():
            with pytest.raises(NotFound):
                storage.get_network("missing")
            stored_network(storage, name="done")
        assert storage.get_network("done").name == "done"

    def test_a_rejected_write_cannot_be_overlooked(self, storage):
        stored_network(storage, name="taken")
        with pytest.raises(StorageError), storage.transaction():
            stored_network(storage, name="other")
            with pytest.raises(AlreadyExists):
                stored_network(storage, name="taken")
        with pytest.raises(NotFound):
            storage.get_network("other")

    def test_actions_wait_for_the_commit(self, storage):
        told = []
        storage.on_commit(lambda: told.append("at once"))
        with storage.transaction():
            storage.on_commit(lambda: told.append(storage.get_network("stored").name))
            stored_network(storage, name="stored")
            assert told == ["at once"]
        assert told == ["at once", "stored"]

    def test_a_rolled_back_transaction_forgets_its_actions(self, storage):
        told = []
        with pytest.raises(ZeroDivisionError), storage.transaction():
            storage.on_commit(lambda: told.append("never"))
            raise ZeroDivisionError
        with storage.transaction():
            stored_network(storage)
        assert told == []

    def test_a_key_gives_its_answer_again(self, storage):
        with storage.transaction():
            assert storage.claim_key(KEY, lifetime_seconds=60) is None
            storage.keep_answer(KEY, ANSWER)
        assert storage.claim_key(KEY, lifetime_seconds=60) == ANSWER
        elsewhere = IdempotencyKey(route="POST /train", key=KEY.key, fingerprint="other")
        assert storage.claim_key(elsewhere, lifetime_seconds=60) is None

    def test_a_key_with_another_body_is_rejected(self, storage):
        storage.claim_key(KEY, lifetime_seconds=60)
        with pytest.raises(KeyReused):
            storage.claim_key(
                IdempotencyKey(route=KEY.route, key=KEY.key, fingerprint="of another body"), lifetime_seconds=60
            )

    def test_a_key_of_a_failed_request_is_free_again(self, storage):
        with pytest.raises(ZeroDivisionError), storage.transaction():
            storage.claim_key(KEY, lifetime_seconds=60)
            raise ZeroDivisionError
        assert storage.claim_key(KEY, lifetime_seconds=60) is None

    def test_an_old_key_is_forgotten(self, storage):
        with storage.transaction():
            storage.claim_key(KEY, lifetime_seconds=60)
            storage.keep_answer(KEY, ANSWER)
        assert storage.claim_key(KEY, lifetime_seconds=-1) is None

    def test_requests_at_once_with_one_key_make_one_job(self, storage):
        made = stored_network(storage)

        def submit(_):
            with storage.transaction():
                answer = storage.claim_key(KEY, lifetime_seconds=60)
                if answer is None:
                    job = stored_job(storage, made.id)
                    answer = StoredAnswer(status=202, body=job.id.encode(), location=None)
                    storage.keep_answer(KEY, answer)
                return answer

        answers = at_once(submit, 5)
        (job,) = storage.list_jobs(Page())
        assert answers == [StoredAnswer(status=202, body=job.id.encode(), location=None)] * 5
