import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.storage.makers import add_epochs, claimed, epoch, execute, job_with_history, select, stored_network

LOSSES = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0]),
    st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 1)),
)
KINDS = [math.nan, math.inf, -math.inf, -0.5, 1e-308, 1.7e308]


class HistoryContract:
    @pytest.mark.parametrize("value", KINDS, ids=repr)
    def test_every_float_of_an_epoch_comes_back_as_it_was(self, storage, value):
        job = claimed(storage)
        wanted = epoch(
            1,
            loss=value,
            val_loss=value,
            learning_rate=value,
            gradient_norm=value,
            metrics={"accuracy": value, "val_accuracy": 0.25},
            layers=[{"name": "dense_1", "gradient_norm": value, "dead": [value, 1.0]}],
            fits=[{"loss": value, "metrics": {}}, None],
        )
        storage.add_epochs(job.id, job.token, [wanted], seconds=1.0, best_epoch=1, best_value=value)
        assert repr(storage.history([job.id])) == repr([wanted._replace(job_id=job.id)])
        assert repr(storage.get_job(job.id).best_value) == repr(value)

    def test_what_an_epoch_lacks_stays_away(self, storage):
        job = claimed(storage)
        wanted = [epoch(1, val_loss=None, layers=None), epoch(2, val_loss=0.5, layers=[])]
        add_epochs(storage, job, wanted)
        assert storage.history([job.id]) == [report._replace(job_id=job.id) for report in wanted]

    def test_epochs_move_the_progress_along(self, storage):
        job = claimed(storage)
        storage.add_epochs(job.id, job.token, [epoch(1), epoch(2)], seconds=2.5, best_epoch=1, best_value=0.25)
        told = storage.get_job(job.id)
        assert (told.epoch, told.seconds, told.best_epoch, told.best_value) == (2, 2.5, 1, 0.25)
        storage.add_epochs(job.id, job.token, [], seconds=3.0, best_epoch=1, best_value=0.25)
        assert (storage.get_job(job.id).epoch, storage.get_job(job.id).seconds) == (2, 3.0)

    def test_the_newest_epoch_of_each_job_comes_in_one_answer(self, storage):
        first, second, none = (stored_network(storage, name=name) for name in ("a-1", "a-2", "b-1"))
        long, short = job_with_history(storage, [0.5, 0.4, 0.3], first.id), job_with_history(storage, [2.0], second.id)
        empty = claimed(storage, none.id)
        found = storage.newest_epochs([long.id, short.id, empty.id, "job_unknown"])
        assert {job: (epoch.epoch, epoch.loss) for job, epoch in found.items()} == {
            long.id: (3, 0.3),
            short.id: (1, 2.0),
        }
        assert list(storage.newest_epochs([long.id, short.id], names=["*-2"])) == [short.id]
        assert storage.newest_epochs([]) == {}

    def test_a_repeated_epoch_replaces_its_equal(self, storage):
        job = job_with_history(storage, [0.5, 0.4, 0.3])
        add_epochs(storage, job, [epoch(2, loss=0.41)])
        assert [(report.epoch, report.loss) for report in storage.history([job.id])] == [(1, 0.5), (2, 0.41), (3, 0.3)]
        assert storage.get_job(job.id).epoch == 3

    def test_range_and_step_are_kept(self, storage):
        job = job_with_history(storage, [1.0] * 20)

        def numbers(**wanted):
            return [report.epoch for report in storage.history([job.id], **wanted)]

        assert numbers(from_epoch=5, to_epoch=8) == [5, 6, 7, 8]
        assert numbers(every=6) == [1, 7, 13, 19]
        assert numbers(every=6, from_epoch=2, to_epoch=18) == [7, 13]
        assert numbers(limit=3, after=(job.id, 4)) == [5, 6, 7]
        assert numbers(from_epoch=30) == []

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
    def test_pages_walk_through_jobs_in_order(self, storage, limit):
        made = stored_network(storage)
        lengths = (3, 0, 1, 4, 1)
        jobs = [job_with_history(storage, [1.0] * length, made.id) for length in lengths]
        foreign = job_with_history(storage, [1.0, 1.0])
        ids = [job.id for job in jobs]
        wanted = [
            (job_id, n) for job_id, length in sorted(zip(ids, lengths, strict=True)) for n in range(1, length + 1)
        ]
        assert walked(storage, limit, job_ids=None, network_id=made.id) == wanted
        assert walked(storage, limit, job_ids=ids) == wanted
        assert walked(storage, limit, job_ids=[foreign.id]) == [(foreign.id, 1), (foreign.id, 2)]
        assert walked(storage, limit, job_ids=[]) == []

    def test_a_job_asked_for_as_of_another_network_gives_nothing(self, storage):
        job, other = job_with_history(storage, [1.0]), stored_network(storage)
        assert storage.history([job.id], network_id=other.id) == []

    def test_a_sample_keeps_the_shape_of_its_range(self, storage):
        made = stored_network(storage)

        @settings(max_examples=examples(10), deadline=None)
        @given(
            losses=st.lists(LOSSES, min_size=1, max_size=120),
            max_points=st.integers(4, 40),
            wanted=st.fixed_dictionaries({"every": st.integers(1, 4), "from_epoch": st.integers(-2, 60)}),
        )
        def holds(losses, max_points, wanted):
            job = job_with_history(storage, losses, made.id)
            whole = storage.history([job.id], **wanted)
            sample = storage.sampled_history(job.id, max_points=max_points, **wanted)
            assert repr(sample) == repr(storage.sampled_history(job.id, max_points=max_points, **wanted))
            if len(whole) <= max_points:
                assert repr(sample) == repr(whole)
            else:
                assert len(sample) <= max_points
                assert_has_shape_of(whole, sample)

        holds()

    def test_a_sample_keeps_the_extremes_of_every_bucket(self, storage):
        losses = [1.0 + 0.001 * number for number in range(100)]
        losses[10], losses[40], losses[60], losses[90] = -1.0, math.nan, math.inf, -math.inf
        job = job_with_history(storage, losses)
        sample = storage.sampled_history(job.id, max_points=10, to_epoch=100)
        assert [report.epoch for report in sample] == [1, 11, 25, 26, 41, 51, 61, 91, 100]

    def test_buckets_lie_end_to_end_and_hold_no_other_jobs_epochs(self, storage):
        starts, ends = [1, 21, 42, 62, 83], [20, 41, 61, 82, 103]  # fifths of 103 epochs, rounded down
        losses = [2.0 if number in starts else -2.0 if number in ends else 0.0 for number in range(1, 104)]
        made = stored_network(storage)
        for others_losses in ([9.0] * 50 + [-9.0] * 50, losses):
            job = job_with_history(storage, others_losses, made.id)
        sample = storage.sampled_history(job.id, max_points=12)
        assert [report.epoch for report in sample] == sorted(starts + ends)

    @pytest.mark.parametrize(("first", "last"), [(1, 5000), (2, 4999), (256, 4864), (257, 4865), (700, None)])
    def test_a_sample_of_a_long_history_keeps_its_shape(self, storage, first, last):
        random = Random(7)
        job = claimed(storage)
        for start in range(1, 5001, 500):  # Not in whole blocks.
            add_epochs(storage, job, [epoch(start + one, loss=random.gauss(0, 1)) for one in range(500)])
        odd = {999: math.nan, 1000: math.inf, 2001: -math.inf, 2002: 9.0, 3000: 9.0, 4999: -9.0}
        add_epochs(storage, job, [epoch(number, loss=loss) for number, loss in odd.items()])
        whole = storage.history([job.id], from_epoch=first, to_epoch=last, limit=10_000)
        sample = storage.sampled_history(job.id, max_points=14, from_epoch=first, to_epoch=last)
        assert len(sample) <= 14
        assert_has_shape_of(whole, sample)
        assert {999, 2001, 2002} <= {report.epoch for report in sample}

    def test_a_long_history_without_blocks_is_sampled_too(self, storage, database_url):
        job = job_with_history(storage, [1.0 / number for number in range(1, 3001)])
        before = storage.sampled_history(job.id, max_points=14)
        execute(database_url, "DELETE FROM epoch_blocks")
        after = storage.sampled_history(job.id, max_points=14)
        for sample in (before, after):
            assert_has_shape_of(storage.history([job.id], limit=10_000), sample)

    @pytest.mark.parametrize("odd", [{}, {5: math.nan, 300: math.inf, 301: math.inf, 513: -math.inf, 600: -math.inf}])
    def test_blocks_are_the_same_whether_they_come_whole_or_in_parts(self, storage, database_url, odd):
        losses = [odd.get(number, round(Random(number).gauss(0, 1), 1)) for number in range(1, 901)]
        whole = job_with_history(storage, losses)
        parts = claimed(storage)
        for start in range(0, 900, 100):
            add_epochs(storage, parts, [epoch(number + 1, loss=losses[number]) for number in range(start, start + 100)])
        columns = "block, low_rank, low_loss, low_epoch, high_rank, high_loss, high_epoch"
        statement = f"SELECT {columns} FROM epoch_blocks WHERE job_id = :job ORDER BY block"
        found = [select(database_url, statement, job=job.id) for job in (whole, parts)]
        assert len(found[0]) == 3 and found[0] == found[1]

    def test_a_sample_of_nothing_is_empty(self, storage):
        assert storage.sampled_history(claimed(storage).id, max_points=4) == []


def walked(storage, limit, **wanted):
    """The (job, epoch) of every page, each after the last of the one before."""
    after, places = None, []
    while page := storage.history(**wanted, after=after, limit=limit):
        assert len(page) <= limit
        places += [(report.job_id, report.epoch) for report in page]
        after = places[-1]
    return places


def rank(report):
    """NaN is larger than any number."""
    return (1, 0.0) if math.isnan(report.loss) else (0, report.loss)


def assert_has_shape_of(whole, sample):
    """A sample has some of the rows, in order, and of them the first, the last, and those with the extremes."""
    rows = {report.epoch: repr(report) for report in whole}
    numbers = [report.epoch for report in sample]
    assert numbers == sorted(set(numbers))
    assert all(rows[report.epoch] == repr(report) for report in sample)
    assert (numbers[0], numbers[-1]) == (whole[0].epoch, whole[-1].epoch)
    for extreme in (min, max):
        assert rank(extreme(sample, key=rank)) == rank(extreme(whole, key=rank))
