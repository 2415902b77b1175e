import pytest

from service.domain.job_kind import JobKind
from service.domain.paging import Page
from service.domain.runs import Block
from service.domain.status import RequestedState, Status
from service.errors import AlreadyExists, LeaseLost, NotFound, StorageError
from tests.storage.makers import dataset, events_of, execute, select, stored_dataset, stored_job, stored_network

COLUMNS = [{"name": "key", "type": "number"}, {"name": "predicted", "type": "number"}]
DESCRIBED = {
    "profiles": {"key": {"missing": 0}, "predicted": {"missing": 1}},
    "preview": [{"key": 1}],
    "warnings": ["w"],
}


def prediction(storage, *, rows=5, name="scored", network_id=None, kind=JobKind.PREDICTION, written=None):
    """A queued job that predicts the rows of a data set of its own."""
    source = stored_dataset(storage, chunks=((rows, b"chunk"),))
    output = dataset(
        rows=rows if written is None else written,
        columns=COLUMNS,
        preview=[],
        warnings=[],
        origin={"dataset": source.id},
    )
    return stored_job(
        storage,
        network_id,
        options={},
        epochs=0,
        rows=rows,
        data=b"",
        datasets={"prediction": source.id},
        kind=kind,
        output=output,
        output_name=name,
    )


def claimed(storage, **options):
    return storage.claim(prediction(storage, **options).id, owner="worker", lease_seconds=60).job


def block(first_row, rows, **changes):
    return Block(first_row=first_row, rows=rows, data=b"rows %d" % first_row, **changes)


def publish(storage, job):
    return storage.publish_output(job.id, job.token, sha256="digest", size_bytes=7)


class OutputsContract:
    def test_blocks_become_a_data_set_that_is_published_at_once(self, storage):
        job = claimed(storage)
        storage.store_block(job.id, job.token, block(0, 3, described=DESCRIBED), seconds=1.5)
        storage.store_block(job.id, job.token, block(3, 2), seconds=2.5)
        assert (storage.get_job(job.id).rows_done, storage.get_job(job.id).seconds) == (5, 2.5)
        with pytest.raises(NotFound):
            storage.get_dataset(job.output)
        with pytest.raises(NotFound):
            storage.get_dataset("scored")
        published = publish(storage, job)
        done = storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert published == storage.get_dataset("scored") == storage.get_dataset(done.output)
        assert (published.rows, published.chunks, published.sha256, published.size_bytes) == (5, 2, "digest", 7)
        assert [column["profile"] for column in published.columns] == [{"missing": 0}, {"missing": 1}]
        assert (published.warnings, storage.read_preview(published.id)) == (["w"], [{"key": 1}])
        assert storage.chunk_rows(published.id) == [3, 2]
        assert [storage.read_chunk(published.id, number) for number in (0, 1)] == [b"rows 0", b"rows 3"]
        assert events_of(storage, job.id) == ["submitted", "started", "progress", "progress", "ended"]

    def test_a_training_learns_at_its_end_how_many_rows_it_writes(self, storage):
        job = claimed(storage, kind=JobKind.TRAINING, written=0)
        storage.store_block(job.id, job.token, block(0, 3, described=DESCRIBED), seconds=1.5)
        storage.store_block(job.id, job.token, block(3, 4), seconds=2.5)
        assert publish(storage, job).rows == 7
        assert "progress" not in events_of(storage, job.id)

    def test_a_block_is_stored_once_however_often_it_is_sent(self, storage):
        job = claimed(storage)
        for _ in range(3):
            storage.store_block(job.id, job.token, block(0, 3, cells={"imputed": {"a": 2}}), seconds=1.0)
        assert storage.chunk_rows(job.output) == [3]
        for wrong in (block(4, 1), block(1, 1), block(0, 2)):
            with pytest.raises(StorageError):
                storage.store_block(job.id, job.token, wrong, seconds=1.0)
        assert storage.chunk_rows(job.output) == [3]

    def test_another_run_goes_on_behind_the_last_block_and_the_first_one_writes_nothing_more(self, storage):
        first = claimed(storage)
        storage.store_block(first.id, first.token, block(0, 3), seconds=1.0)
        storage.release(first.id, first.token, crashed=True, max_crashes=9)
        second = storage.claim(first.id, owner="other", lease_seconds=60).job
        assert second.rows_done == 3
        for late in (block(0, 3), block(3, 2)):
            with pytest.raises(LeaseLost):
                storage.store_block(first.id, first.token, late, seconds=1.0)
        with pytest.raises(LeaseLost):
            publish(storage, first)
        storage.store_block(second.id, second.token, block(3, 2), seconds=1.0)
        assert publish(storage, second).rows == 5
        started = [event.data for event in storage.list_events(first.id) if event.kind == "started"]
        assert [data["from_row"] for data in started] == [0, 3]

    def test_crashes_count_from_the_last_block_on(self, storage):
        job = claimed(storage)
        for first_row in (0, 1, 2):
            storage.store_block(job.id, job.token, block(first_row, 1), seconds=1.0)
            assert storage.release(job.id, job.token, crashed=True, max_crashes=2).status is Status.QUEUED
            job = storage.claim(job.id, owner="other", lease_seconds=60).job
        assert storage.release(job.id, job.token, crashed=True, max_crashes=2).status is Status.FAILED

    def test_what_was_imputed_and_unseen_adds_up(self, storage):
        job = claimed(storage)
        storage.store_block(job.id, job.token, block(0, 3, cells={"imputed": {"a": 2}}), seconds=1.0)
        storage.store_block(job.id, job.token, block(3, 1), seconds=1.0)
        cells = {"imputed": {"a": 1, "b": 1}, "unseen": {"c": 1}}
        storage.store_block(job.id, job.token, block(4, 1, cells=cells), seconds=1.0)
        origin = publish(storage, job).origin
        assert (origin["imputed"], origin["unseen"]) == ({"a": 3, "b": 1}, {"c": 1})
        assert "dataset" in origin

    def test_nothing_is_published_while_rows_are_missing(self, storage):
        job = claimed(storage)
        storage.store_block(job.id, job.token, block(0, 3), seconds=1.0)
        with pytest.raises(StorageError):
            publish(storage, job)
        with pytest.raises(NotFound):
            storage.get_dataset("scored")

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
    def test_what_an_ended_job_left_unfinished_is_deleted_and_its_name_is_free(self, storage, database_url, status):
        job, other = claimed(storage), claimed(storage, name="other")
        for one in (job, other):
            storage.store_block(one.id, one.token, block(0, 3), seconds=1.0)
        storage.finish(job.id, job.token, status)
        storage.delete_abandoned_datasets()
        assert select(database_url, "SELECT DISTINCT dataset_id FROM dataset_chunks WHERE rows = 3") == [
            (other.output,)
        ]
        prediction(storage)

    def test_a_paused_job_keeps_what_it_has_written_however_long(self, storage, database_url):
        job = claimed(storage)
        storage.store_block(job.id, job.token, block(0, 3), seconds=1.0)
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.finish(job.id, job.token, Status.PAUSED)
        execute(database_url, f"UPDATE datasets SET created_at = 1 WHERE id = '{job.output}'")
        storage.delete_abandoned_datasets()
        assert storage.chunk_rows(job.output) == [3]
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        storage.delete_abandoned_datasets()
        assert storage.chunk_rows(job.output) == []

    def test_a_name_is_taken_from_the_start(self, storage):
        job = prediction(storage)
        with pytest.raises(AlreadyExists):
            prediction(storage)
        with pytest.raises(AlreadyExists):
            stored_dataset(storage, name="scored")
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        assert stored_dataset(storage, name="scored").name == "scored"

    def test_jobs_are_listed_by_what_they_do(self, storage):
        network = stored_network(storage)
        training, predicting = stored_job(storage, network.id), prediction(storage, network_id=network.id)
        page = Page(limit=10)
        assert [job.id for job in storage.list_jobs(page)] == [predicting.id, training.id]
        assert storage.list_jobs(page, kind=JobKind.TRAINING) == [training]
        assert storage.list_jobs(page, network_id=network.id, kind=JobKind.PREDICTION) == [predicting]

    def test_the_data_set_outlives_its_job_and_its_network(self, storage):
        job = claimed(storage)
        storage.store_block(job.id, job.token, block(0, 5), seconds=1.0)
        publish(storage, job)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.delete_network(job.network_id)
        assert storage.get_dataset("scored").origin["dataset"]
