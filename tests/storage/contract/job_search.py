import pytest

from service.domain.job_search import JobOrder, JobSearch
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.errors import NotFound
from tests.storage.makers import claimed, epoch, stored_job, stored_network


def found(storage, search=JobSearch(), order=JobOrder(), page=Page()):  # noqa: B008
    return [job.id for job in storage.find_jobs(search, order, page)]


def with_rate(storage, network_id, rate, **more):
    optimizer = {"type": "adam", "learning_rate": rate} if rate is not None else {"type": "sgd"}
    return stored_job(storage, network_id, options={"training": {"optimizer": optimizer}}, **more).id


class JobSearchContract:
    def test_words_are_found_in_every_text_of_a_job_and_its_network(self, storage):
        gates = stored_network(storage, name="gates", tags={"team": "blue"})
        one, other = with_rate(storage, gates.id, 0.1), with_rate(storage, gates.id, None)
        foreign = with_rate(storage, stored_network(storage, name="cheese_50%").id, 0.1)
        named = storage.describe_job(one, {"title": "Wide Net", "note": "더 넓은 층", "tags": {"owner": "유진"}})
        assert (named.title, named.note, named.tags) == ("Wide Net", "더 넓은 층", {"owner": "유진"})
        assert storage.get_job(one) == named
        for words, expected in {
            ("wide", "넓은"): [one],
            ("owner:유진",): [one],
            ("team:blue",): [other, one],
            ("team:blue", "ADAM"): [one],
            ("queued", "sgd"): [other],
            ("_50%",): [foreign],
            (other,): [other],
            ("absent",): [],
            ("_5_%",): [],
        }.items():
            assert found(storage, JobSearch(words=words)) == expected
        storage.describe_job(one, {"title": None})
        assert found(storage, JobSearch(words=["wide"])) == []
        with pytest.raises(NotFound):
            storage.describe_job("job_missing", {"title": "x"})

    @pytest.mark.parametrize("descending", [False, True])
    def test_jobs_are_sorted_by_an_option_page_by_page_with_what_is_missing_last(self, storage, descending):
        network = stored_network(storage).id
        rates = [0.1, 10, None, 0.5, 0.1]
        jobs = [with_rate(storage, network, rate) for rate in rates]
        order = JobOrder(by="optimizer.learning_rate", descending=descending)
        numbers = [jobs[1], jobs[3], jobs[4], jobs[0]] if descending else [jobs[4], jobs[0], jobs[3], jobs[1]]
        expected = [*numbers, jobs[2]]
        assert found(storage, order=order) == expected
        paged, after = [], None
        while page := found(storage, order=order, page=Page(limit=2, after=after)):
            paged, after = [*paged, *page], page[-1]
        assert paged == expected
        types = found(storage, order=JobOrder(by="optimizer", descending=False))
        assert types[-1] == jobs[2]
        with pytest.raises(NotFound):
            found(storage, order=order, page=Page(after="job_missing"))

    @pytest.mark.parametrize(
        "by", ["network", "name", "status", "epochs", "rows", "best_value", "seconds", "validation"]
    )
    def test_every_order_has_each_job_once(self, storage, by):
        jobs = [with_rate(storage, stored_network(storage).id, 0.1, epochs=n, rows=n) for n in (2, 1)]
        storage.describe_job(jobs[0], {"title": "b"})
        for descending in (True, False):
            order = JobOrder(by=by, descending=descending)
            first = found(storage, order=order, page=Page(limit=1))
            assert sorted(first + found(storage, order=order, page=Page(after=first[0]))) == sorted(jobs)

    def test_found_jobs_are_counted_by_status(self, storage):
        network = stored_network(storage, name="one").id
        paused = with_rate(storage, network, 0.1)
        with_rate(storage, network, 0.2)
        with_rate(storage, stored_network(storage, name="two").id, 0.2)
        storage.set_requested_state(paused, RequestedState.PAUSE)
        assert storage.count_found_jobs(JobSearch()) == {Status.QUEUED: 2, Status.PAUSED: 1}
        assert storage.count_found_jobs(JobSearch(words=["one"])) == {Status.QUEUED: 1, Status.PAUSED: 1}
        assert storage.count_found_jobs(JobSearch(names=["two"])) == {Status.QUEUED: 1}
        assert storage.count_found_jobs(JobSearch(network_id=network, statuses=[Status.PAUSED])) == {Status.PAUSED: 1}

    def test_the_best_job_is_among_those_that_monitored_the_same_number_on_the_same_rows(self, storage):
        def judged(network, value, monitored="val_loss", rows="r", **more):
            job = claimed(storage, network, monitored=monitored, judged_rows=rows, **more)
            storage.add_epochs(job.id, job.token, [epoch(1)], seconds=1.0, best_epoch=1, best_value=value)
            return job.id

        one, other = stored_network(storage).id, stored_network(storage).id
        judged(one, 0.5)
        best = judged(one, 0.2)
        judged(one, 0.01, monitored="loss")
        judged(one, 0.05, rows="other rows")
        judged(one, 0.7, monitored="accuracy", higher_is_better=True)
        accurate = judged(one, 0.9, monitored="accuracy", higher_is_better=True)
        judged(other, 0.1)
        assert storage.best_jobs({one, other}) == {best, accurate}
        assert storage.best_jobs(set()) == set()
