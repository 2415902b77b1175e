import pytest

from service.errors import AlreadyExists, NotFound
from tests.storage.makers import at_once, stored_network


class DeferredContract:
    def test_a_deferred_transaction_begins_with_its_first_write(self, storage):
        called = []
        with storage.deferred_transaction(lambda: called.append("before")):
            assert at_once(lambda _: stored_network(storage, name="of another"), 1)[0].name == "of another"
            assert storage.get_network("of another").name == "of another"
            assert called == []
            stored_network(storage, name="own")
            stored_network(storage, name="second")
            assert called == ["before"]
            (seen,) = at_once(lambda _: pytest.raises(NotFound, storage.get_network, "own"), 1)
            assert seen.type is NotFound
        assert {storage.get_network(name).name for name in ("own", "second")} == {"own", "second"}

    def test_a_deferred_transaction_without_a_write_calls_nothing(self, storage):
        called = []
        with storage.deferred_transaction(lambda: called.append("before")):
            storage.count_jobs([])
        assert called == []

    def test_an_error_before_the_first_write_is_as_good_as_none_begun(self, storage):
        def reject():
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), storage.deferred_transaction(reject):
            stored_network(storage, name="undone")
        with pytest.raises(NotFound):
            storage.get_network("undone")
        stored_network(storage, name="done")

    def test_all_of_a_deferred_transaction_happens_or_none(self, storage):
        stored_network(storage, name="taken")
        actions = []
        with pytest.raises(AlreadyExists), storage.deferred_transaction(lambda: None):
            stored_network(storage, name="undone")
            storage.on_commit(lambda: actions.append("never"))
            stored_network(storage, name="taken")
        with pytest.raises(NotFound):
            storage.get_network("undone")
        assert actions == []
