import math

import pytest

from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import AlreadyExists, Conflict, NotFound, StorageError
from tests.storage.makers import (
    at_once,
    claimed,
    dataset,
    events_of,
    execute,
    snapshot,
    stored_dataset,
    stored_job,
    stored_network,
)


class DatasetsContract:
    def test_a_data_set_comes_back_as_it_was_stored(self, storage):
        wanted = dataset(
            filename="../../etc/passwd",
            options={"delimiter": ";"},
            columns=[
                {"name": "ü", "type": "number", "profile": {"max": math.inf, "missing": 0}},
                {"name": "island", "type": "category", "profile": {"top": [["Biscoe", 2]]}},
            ],
            warnings=["island looks like an id"],
        )
        storage.begin_dataset(wanted)
        storage.add_chunk(wanted.id, 2, b"first")
        storage.add_chunk(wanted.id, 1, b"second")
        stored = storage.publish_dataset(wanted.id, name="penguins", fingerprint="f")
        for field in ("id", "sha256", "filename", "format", "options", "size_bytes", "rows", "columns", "warnings"):
            assert getattr(stored, field) == getattr(wanted, field)
        assert (stored.name, stored.chunks) == ("penguins", 2)
        assert stored.created_at > 1_500_000_000
        assert storage.get_dataset(wanted.id) == storage.get_dataset("penguins") == storage.find_dataset("f") == stored
        assert storage.read_preview(wanted.id) == wanted.preview
        assert [storage.read_chunk(wanted.id, number) for number in range(2)] == [b"first", b"second"]

    def test_until_it_is_published_it_is_there_for_nobody(self, storage):
        wanted = dataset()
        storage.begin_dataset(wanted)
        storage.add_chunk(wanted.id, 3, b"chunk")
        assert storage.list_datasets(Page()) == []
        network = stored_network(storage)
        for action in (
            storage.get_dataset,
            storage.read_preview,
            lambda ref: storage.rename_dataset(ref, "name"),
            lambda ref: storage.list_datasets(Page(after=ref)),
            lambda ref: stored_job(storage, network.id, datasets={"training": ref}),
        ):
            with pytest.raises(NotFound):
                action(wanted.id)
        assert storage.list_jobs(Page()) == []

    def test_a_published_data_set_takes_no_more_rows(self, storage):
        stored = stored_dataset(storage)
        with pytest.raises(Conflict, match="complete"):
            storage.add_chunk(stored.id, 1, b"more")
        assert storage.get_dataset(stored.id).chunks == 1

    def test_a_data_set_that_lacks_rows_is_not_published(self, storage):
        with pytest.raises(StorageError, match="4 rows"):
            stored_dataset(storage, rows=4)
        assert storage.list_datasets(Page()) == []

    def test_a_name_and_a_fingerprint_are_given_once(self, storage):
        first = stored_dataset(storage, name="penguins", fingerprint="one")
        with pytest.raises(AlreadyExists, match="'penguins'"):
            stored_dataset(storage, name="penguins", fingerprint="two")
        with pytest.raises(AlreadyExists):
            stored_dataset(storage, name="others", fingerprint="one")
        assert storage.find_dataset("one") == first
        assert storage.find_dataset("two") is None

    def test_of_data_sets_published_at_once_with_one_fingerprint_one_is_there(self, storage):
        outcomes = at_once(lambda number: stored_dataset(storage, name=f"name {number}", fingerprint="same"), 4)
        (winner,) = [outcome for outcome in outcomes if not isinstance(outcome, AlreadyExists)]
        assert storage.find_dataset("same") == winner
        assert len(storage.list_datasets(Page())) == 1

    def test_a_data_set_is_renamed_unless_the_name_is_taken(self, storage):
        first, second = stored_dataset(storage, name="first"), stored_dataset(storage, name="second")
        assert storage.rename_dataset(first.id, "new") == storage.get_dataset("new")
        with pytest.raises(AlreadyExists):
            storage.rename_dataset(second.id, "new")
        with pytest.raises(NotFound):
            storage.get_dataset("first")

    def test_data_sets_are_listed_newest_first_by_pages_without_profiles(self, storage):
        made = [stored_dataset(storage).id for _ in range(3)]
        first = storage.list_datasets(Page(limit=2))
        second = storage.list_datasets(Page(limit=2, after=first[-1].id))
        assert [found.id for page in (first, second) for found in page] == sorted(made, reverse=True)
        assert first[0].columns == [{"name": "fat", "type": "number"}]
        with pytest.raises(NotFound):
            storage.list_datasets(Page(after="ds_missing"))

    def test_a_damaged_chunk_is_reported_and_not_read(self, storage, database_url):
        stored = stored_dataset(storage)
        execute(database_url, "UPDATE dataset_chunks SET sha256 = 'another'")
        with pytest.raises(StorageError, match="damaged"):
            storage.read_chunk(stored.id, 0)

    def test_a_deleted_data_set_is_gone_and_may_be_stored_again(self, storage):
        chunks = [(1, bytes([number])) for number in range(40)]
        stored = stored_dataset(storage, chunks=chunks, name="penguins", fingerprint="f")
        storage.delete_dataset(stored.id)
        for action in (storage.get_dataset, storage.delete_dataset, storage.read_preview):
            with pytest.raises(NotFound):
                action(stored.id)
        with pytest.raises(NotFound):
            storage.read_chunk(stored.id, 39)
        again = stored_dataset(storage, chunks=chunks, name="penguins", fingerprint="f")
        assert (again.chunks, again.rows) == (40, 40)

    def test_what_was_begun_a_day_ago_and_never_published_is_forgotten(self, storage, database_url):
        abandoned, fresh = dataset(), dataset()
        storage.begin_dataset(abandoned)
        storage.add_chunk(abandoned.id, 3, b"chunk")
        execute(database_url, "UPDATE datasets SET created_at = created_at - 86401")
        storage.begin_dataset(fresh)
        storage.begin_dataset(dataset())
        with pytest.raises(NotFound):
            storage.add_chunk(abandoned.id, 3, b"chunk")
        with pytest.raises(NotFound):
            storage.read_chunk(abandoned.id, 0)
        storage.add_chunk(fresh.id, 3, b"chunk")

    def test_a_data_set_stays_while_a_job_needs_it(self, storage):
        training, validation = stored_dataset(storage), stored_dataset(storage)
        job = stored_job(storage, datasets={"training": training.id, "validation": validation.id})
        for needed in (training, validation):
            with pytest.raises(Conflict, match=job.id):
                storage.delete_dataset(needed.id)
        assert storage.get_dataset(training.id) == training
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        storage.delete_dataset(training.id)
        storage.delete_job(job.id)
        storage.delete_dataset(validation.id)

    def test_one_data_set_may_have_both_roles(self, storage):
        both = stored_dataset(storage)
        job = stored_job(storage, datasets={"training": both.id, "validation": both.id})
        claim = storage.claim(job.id, owner="worker", lease_seconds=60)
        assert claim.datasets == {"training": both, "validation": both}

    def test_a_job_and_the_deletion_of_its_data_set_do_not_meet(self, storage):
        network = stored_network(storage)
        stored = stored_dataset(storage)

        def act(number):
            if number:
                return stored_job(storage, network.id, datasets={"training": stored.id})
            return storage.delete_dataset(stored.id)

        deleted, job = at_once(act, 2)
        assert isinstance(job, NotFound) if deleted is None else isinstance(deleted, Conflict)

    def test_a_claim_brings_what_the_start_weights_were_trained_with(self, storage):
        network = stored_network(storage, table={"inputs": []})
        fitted = {"columns": [{"mean": 0.1 + 0.2, "knots": [-math.inf, 1e-300]}]}
        calibration = {"rows": 9, "temperature": 1.25, "scores": [[0.1, 1e-300]]}
        storage.add_snapshot(snapshot(network.id, preprocessing=fitted, calibration=calibration))
        job = claimed(storage, network.id)
        assert storage.find_snapshot(network.id, "latest").preprocessing == fitted
        assert storage.find_snapshot(network.id, "latest").calibration == calibration
        assert storage.find_snapshot(network.id, "initial").calibration is None
        assert storage.find_snapshot(network.id, "initial").preprocessing is None
        assert storage.get_network(network.id).table == {"inputs": []}
        storage.release(job.id, job.token, crashed=False, max_crashes=1)
        assert storage.claim(job.id, owner="worker", lease_seconds=60).start_preprocessing == fitted

    def test_a_preparation_says_how_many_rows_are_trained_on(self, storage):
        job = claimed(storage)
        storage.record_preparation(job.id, job.token, rows=2, data={"rows_left_out": 1})
        assert storage.get_job(job.id).rows == 2
        assert events_of(storage, job.id)[-1] == "prepared"
        assert storage.list_events(job.id)[-1].data == {"rows_left_out": 1}

    def test_findings_are_kept_and_an_event_says_when_they_change(self, storage):
        job = claimed(storage)
        assert storage.get_job(job.id).findings is None
        found = [{"code": "outlier", "sentence": "One outlier owns the loss."}]
        for findings in ([], found, found):
            storage.record_findings(job.id, job.token, findings)
            assert storage.get_job(job.id).findings == findings
        assert events_of(storage, job.id).count("findings") == 1
        data = {"findings": found, "warnings": ["One outlier owns the loss."]}
        assert storage.list_events(job.id)[-1].data == data

    def test_a_job_keeps_what_mattered_to_it(self, storage):
        job = claimed(storage)
        told = [{"column": "fat", "importance": 0.25}]
        folds = {"count": 2, "numbers": {"val_loss": {"mean": 0.5, "std": 0.25, "folds": [0.25, 0.75]}}}
        average = {"weights": [0.25, 0.75], "rows": 90, "loss": 0.5, "equal_loss": 0.625, "reason": "it is better"}
        storage.finish(job.id, job.token, Status.SUCCEEDED, importance=told, folds=folds, average=average)
        found = storage.get_job(job.id)
        assert (found.importance, found.folds, found.average) == (told, folds, average)
        assert storage.list_events(job.id)[-2].data == {"weights": [0.25, 0.75], "rows": 90, "reason": "it is better"}

    def test_a_data_set_is_found_by_every_name_under_which_it_was_sent(self, storage):
        first, other = stored_dataset(storage, name="first"), stored_dataset(storage, name="other")
        found = storage.add_dataset_name(first.id, "second")
        assert (found.name, found.other_names) == ("first", ("second",))
        assert storage.add_dataset_name(first.id, "second") == storage.add_dataset_name(first.id, "first") == found
        assert storage.get_dataset("second") == storage.get_dataset("first") == found
        for taken in (
            lambda: storage.add_dataset_name(first.id, "other"),
            lambda: storage.add_dataset_name(other.id, "second"),
            lambda: storage.rename_dataset(other.id, "second"),
            lambda: stored_dataset(storage, name="second"),
        ):
            with pytest.raises(AlreadyExists):
                taken()
        assert storage.rename_dataset(first.id, "second").other_names == ()
        storage.delete_dataset(first.id)
        with pytest.raises(NotFound):
            storage.get_dataset("second")
        assert storage.add_dataset_name(other.id, "second").other_names == ("second",)

    def test_the_file_of_a_data_set_is_kept_in_pieces(self, storage, database_url):
        wanted = dataset(rows=1)
        storage.begin_dataset(wanted)
        storage.add_chunk(wanted.id, 1, b"chunk")
        for number, piece in enumerate((b"one", b"two")):
            storage.add_file_piece(wanted.id, number, piece)
        storage.publish_dataset(wanted.id, name="kept", fingerprint="kept")
        assert [storage.read_file_piece(wanted.id, number) for number in range(3)] == [b"one", b"two", None]
        with pytest.raises(Conflict):
            storage.add_file_piece(wanted.id, 2, b"three")
        execute(database_url, "UPDATE dataset_files SET sha256 = 'another' WHERE number = 1")
        with pytest.raises(StorageError):
            storage.read_file_piece(wanted.id, 1)
        storage.delete_dataset(wanted.id)
        assert storage.read_file_piece(wanted.id, 0) is None
        with pytest.raises(NotFound):
            storage.add_file_piece(wanted.id, 0, b"none")
