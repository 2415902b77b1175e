import math

import pytest

from service.domain.paging import Page
from service.domain.status import Origin, Status
from service.domain.versions import Action, Creator, NewMove, NewVersion
from service.errors import AlreadyExists, Conflict, NotFound, PreconditionFailed
from tests.storage.makers import at_once, claimed, epoch, snapshot, stored_job, stored_network

ANNA = Creator("anna", "key_1")


class VersionsContract:
    # -- what is live ------------------------------------------------------------------------------------------------

    def test_live_follows_the_alias_then_jobs_and_imports_then_the_first_weights(self, storage):
        made = stored_network(storage)
        assert live(storage, made.id) == ("initial", "initial", None)
        job = claimed(storage, made.id)
        last = add(storage, job, "last")
        assert live(storage, made.id) == ("initial", "initial", None)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert live(storage, made.id) == ("job", "last", None)
        storage.add_snapshot(snapshot(made.id))
        assert live(storage, made.id) == ("import", "imported", None)
        storage.set_snapshot_alias(last.id, "production")
        assert live(storage, made.id) == ("alias", "last", "production")

    def test_what_networks_serve_comes_for_many_at_once(self, storage):
        untrained, imported, trained, published = (stored_network(storage, name=f"n-{place}") for place in range(4))
        storage.add_snapshot(snapshot(imported.id))
        job = claimed(storage, trained.id)
        add(storage, job, "last")
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        for _ in range(2):
            storage.set_snapshot_alias(storage.add_snapshot(snapshot(published.id)).id, "production")
        ids = [made.id for made in (untrained, imported, trained, published)]
        served = storage.served_versions([*ids, "net_unknown"])
        assert set(served) == set(ids) and served[published.id] == ["1", "2"]
        for made in ids[:3]:
            assert served[made] == [storage.choose_snapshot(made, "live").snapshot.id]
        assert list(storage.served_versions(ids, names=["n-3", "n-1"])) == [published.id, imported.id]
        assert storage.served_versions([]) == {}

    @pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
    def test_a_job_that_did_not_succeed_is_never_live(self, storage, status):
        job = claimed(storage)
        for kind in ("periodic", "best", "last"):
            add(storage, job, kind)
        storage.finish(job.id, job.token, status)
        assert live(storage, job.network_id) == ("initial", "initial", None)

    @pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.TRAIN])
    def test_a_job_of_another_origin_needs_a_move_to_be_live(self, storage, origin):
        job = claimed(storage, origin=origin)
        last = add(storage, job, "last")
        done = storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert (done.origin, live(storage, job.network_id)) == (origin, ("initial", "initial", None))
        storage.set_snapshot_alias(last.id, "production")
        assert live(storage, job.network_id) == ("alias", "last", "production")

    def test_a_job_that_keeps_no_last_snapshot_is_live_with_its_newest(self, storage):
        job = claimed(storage)
        add(storage, job, "periodic")
        best = add(storage, job, "best")
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        assert storage.find_snapshot(job.network_id, "live").id == best.id

    def test_what_is_live_stays_when_its_job_is_deleted(self, storage):
        job = claimed(storage)
        last = add(storage, job, "last")
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        storage.delete_job(job.id)
        assert storage.choose_snapshot(job.network_id, "live").snapshot.id == last.id

    # -- references --------------------------------------------------------------------------------------------------

    def test_a_reference_is_an_alias_a_version_a_snapshot_or_a_job(self, storage):
        job = claimed(storage)
        first, newest = add(storage, job, "periodic", 1), add(storage, job, "periodic", 2)
        version = publish(storage, first)
        move(storage, job.network_id, "champion", 1)
        refs = {"champion": "alias", "1": "version", version.id: "version", first.id: "snapshot"}
        for ref, rule in refs.items():
            choice = storage.choose_snapshot(job.network_id, ref)
            assert (choice.chosen_by, choice.snapshot.id, choice.snapshot.version) == (rule, first.id, 1)
        choice = storage.choose_snapshot(job.network_id, job.id)
        assert (choice.chosen_by, choice.snapshot.id, choice.snapshot.version) == ("job", newest.id, None)

    def test_a_name_from_before_goes_first_whatever_it_looks_like(self, storage):
        made = stored_network(storage)
        one, other = storage.add_snapshot(snapshot(made.id)), storage.add_snapshot(snapshot(made.id))
        for name in (other.id, "ver_1", "live"):
            storage.set_snapshot_alias(one.id, name)
            assert storage.choose_snapshot(made.id, name).snapshot.id == one.id

    @pytest.mark.parametrize("ref", ["0", "2", "-1", "1.0", "01x", "²", "99999999999999999999", "ver_x", "job_x"])
    def test_what_refers_to_nothing_is_not_found(self, storage, ref):
        made = stored_network(storage)
        publish(storage, storage.find_snapshot(made.id, "initial"))
        with pytest.raises(NotFound):
            storage.choose_snapshot(made.id, ref)

    # -- best --------------------------------------------------------------------------------------------------------

    def test_best_compares_the_jobs_that_were_judged_alike(self, storage):
        made = stored_network(storage)
        judged = {"monitored": "val_loss", "judged_rows": "held out"}
        first = succeeded(storage, made.id, 0.2, **judged)
        succeeded(storage, made.id, 0.1, monitored="val_loss", judged_rows="others")
        succeeded(storage, made.id, 0.05, monitored="loss", judged_rows="held out")
        succeeded(storage, made.id, math.nan, **judged)
        succeeded(storage, made.id, 0.01, status=Status.CANCELLED, **judged)
        succeeded(storage, made.id, 0.3, **judged)
        choice = storage.choose_snapshot(made.id, "best")
        assert (choice.chosen_by, choice.snapshot.job_id) == ("best", first)
        found = choice.comparison
        assert (found.monitored, found.value, found.jobs) == ("val_loss", 0.2, 3)

    def test_best_is_the_highest_where_higher_is_better(self, storage):
        made = stored_network(storage)
        judged = {"monitored": "val_accuracy", "higher_is_better": True, "judged_rows": "held out"}
        best = [succeeded(storage, made.id, value, **judged) for value in (0.7, 0.9, 0.8)][1]
        assert storage.find_snapshot(made.id, "best").job_id == best

    def test_best_of_jobs_from_before_is_that_of_the_newest(self, storage):
        made = stored_network(storage)
        assert storage.choose_snapshot(made.id, "best").chosen_by == "latest"
        _, newest = (succeeded(storage, made.id, value) for value in (0.1, 0.2))
        choice = storage.choose_snapshot(made.id, "best")
        assert (choice.snapshot.job_id, choice.comparison.jobs) == (newest, 1)

    # -- versions ----------------------------------------------------------------------------------------------------

    def test_versions_count_up_and_keep_what_is_known_of_the_job(self, storage):
        job = claimed(storage, monitored="loss", code_version="1.2.3")
        last = add(storage, job, "last")
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        first = publish(storage, storage.find_snapshot(job.network_id, "initial"))
        second = storage.publish_version(
            NewVersion(network_id=job.network_id, snapshot_id=last.id, note="the second", by=ANNA)
        )
        assert (first.number, first.job_id, first.training, first.code_version) == (1, None, None, None)
        assert (second.number, second.note, second.job_id, second.code_version) == (2, "the second", job.id, "1.2.3")
        assert (second.created_by, second.created_by_key) == ANNA
        assert (second.training["options"], second.training["monitored"]) == (job.options, "loss")
        assert second.snapshot == storage.find_snapshot(job.network_id, "2")
        storage.delete_job(job.id)
        again = storage.get_version(job.network_id, second.id)
        assert (again.job_id, again.training) == (job.id, second.training)
        assert storage.get_version(job.network_id, "2") == again
        assert [version.number for version in storage.list_versions(job.network_id, Page())] == [2, 1]
        assert [version.number for version in storage.list_versions(job.network_id, Page(after="2"))] == [1]

    def test_a_snapshot_is_published_once(self, storage):
        made = stored_network(storage)
        first = storage.find_snapshot(made.id, "initial")
        outcomes = at_once(lambda n: publish(storage, first), 3)
        assert sum(isinstance(outcome, AlreadyExists) for outcome in outcomes) == 2

    def test_the_number_of_a_deleted_version_is_not_used_again(self, storage):
        made = stored_network(storage)
        first = storage.find_snapshot(made.id, "initial")
        publish(storage, first)
        storage.delete_version(made.id, "1")
        assert publish(storage, first).number == 2
        with pytest.raises(NotFound):
            storage.get_version(made.id, "1")

    def test_a_version_holds_its_snapshot_and_an_alias_its_version(self, storage):
        job = claimed(storage)
        held = add(storage, job, "periodic", 1)
        publish(storage, held)
        move(storage, job.network_id, "champion", 1)
        add(storage, job, "periodic", 1)
        add(storage, job, "periodic", 4, periodic_stride=2)
        assert storage.find_snapshot(job.network_id, "champion").id == held.id
        with pytest.raises(Conflict, match="version 1"):
            storage.delete_snapshot(held.id)
        with pytest.raises(Conflict, match="champion"):
            storage.delete_version(job.network_id, "1")
        storage.remove_alias(job.network_id, "champion")
        storage.delete_version(job.network_id, "1")
        storage.delete_snapshot(held.id)

    def test_what_is_live_is_not_deleted(self, storage):
        made = stored_network(storage)
        one, two = storage.add_snapshot(snapshot(made.id)), storage.add_snapshot(snapshot(made.id))
        with pytest.raises(Conflict, match="live"):
            storage.delete_snapshot(two.id)
        storage.delete_snapshot(one.id)

    def test_a_network_is_deleted_with_its_versions_and_aliases(self, storage):
        made = stored_network(storage)
        publish(storage, storage.find_snapshot(made.id, "initial"))
        move(storage, made.id, "production", 1)
        storage.delete_network(made.id)
        with pytest.raises(NotFound):
            storage.get_alias(made.id, "production")

    # -- aliases -----------------------------------------------------------------------------------------------------

    def test_the_moves_of_an_alias_are_kept_with_who_and_why(self, storage):
        network_id = with_versions(storage, 2)
        move(storage, network_id, "champion", 1, by=ANNA, note="first")
        alias = move(storage, network_id, "champion", 2)
        assert move(storage, network_id, "champion", 2) == alias
        storage.remove_alias(network_id, "champion", by=ANNA)
        move(storage, network_id, "champion", 1)
        moves = storage.list_alias_moves(network_id, "champion", Page())
        found = [(one.number, one.action, one.version, one.note, one.created_by) for one in moves]
        assert found == [
            (4, Action.MOVE, 1, None, None),
            (3, Action.REMOVE, None, None, "anna"),
            (2, Action.MOVE, 2, None, None),
            (1, Action.MOVE, 1, "first", "anna"),
        ]
        later = storage.list_alias_moves(network_id, "champion", Page(after="3", limit=1))
        assert [one.number for one in later] == [2]

    def test_roll_backs_go_back_move_by_move(self, storage):
        network_id = with_versions(storage, 4)
        for version in (1, 2, 3):
            move(storage, network_id, "champion", version)
        versions = [storage.roll_back_alias(network_id, "champion").version for _ in range(2)]
        move(storage, network_id, "champion", 4)
        versions.append(storage.roll_back_alias(network_id, "champion", by=ANNA).version)
        assert versions == [2, 1, 1]
        newest = storage.get_alias(network_id, "champion").moved
        assert (newest.action, newest.created_by) == (Action.ROLL_BACK, "anna")
        with pytest.raises(Conflict, match="nothing to roll back"):
            storage.roll_back_alias(network_id, "champion")

    def test_a_roll_back_to_a_deleted_version_is_rejected(self, storage):
        network_id = with_versions(storage, 2)
        for version in (1, 2):
            move(storage, network_id, "champion", version)
        storage.delete_version(network_id, "1")
        with pytest.raises(Conflict, match="Version 1"):
            storage.roll_back_alias(network_id, "champion")
        assert storage.get_alias(network_id, "champion").version == 2

    def test_what_has_changed_meanwhile_is_not_overwritten(self, storage):
        network_id = with_versions(storage, 3)
        with pytest.raises(PreconditionFailed):
            move(storage, network_id, "champion", 1, expected=(1,))
        seen = move(storage, network_id, "champion", 1).moved.number
        outcomes = at_once(lambda n: move(storage, network_id, "champion", n + 2, expected=(seen,)), 2)
        assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 1
        for change in (storage.roll_back_alias, storage.remove_alias):
            with pytest.raises(PreconditionFailed):
                change(network_id, "champion", expected=(seen,))

    def test_aliases_are_listed_by_name(self, storage):
        network_id = with_versions(storage, 1)
        for name in ("c", "a", "b"):
            move(storage, network_id, name, 1)
        assert [alias.name for alias in storage.list_aliases(network_id, Page(limit=2))] == ["a", "b"]
        assert [alias.name for alias in storage.list_aliases(network_id, Page(after="b"))] == ["c"]
        assert storage.get_version(network_id, "1").aliases == ("a", "b", "c")

    def test_no_alias_points_at_what_is_not_there(self, storage):
        network_id = with_versions(storage, 1)
        for change in (
            lambda: move(storage, network_id, "champion", 2),
            lambda: storage.roll_back_alias(network_id, "champion"),
            lambda: storage.remove_alias(network_id, "champion"),
            lambda: storage.list_alias_moves(network_id, "champion", Page()),
            lambda: move(storage, "net_missing", "champion", 1),
            lambda: storage.delete_version(network_id, "2"),
        ):
            with pytest.raises(NotFound):
                change()

    def test_a_move_joins_a_transaction(self, storage):
        network_id = with_versions(storage, 1)
        with pytest.raises(ZeroDivisionError), storage.transaction():
            move(storage, network_id, "champion", 1)
            raise ZeroDivisionError
        with pytest.raises(NotFound):
            storage.get_alias(network_id, "champion")


def live(storage, network_id):
    choice = storage.choose_snapshot(network_id, "live")
    return choice.chosen_by, choice.snapshot.kind, choice.alias


def add(storage, job, kind, number=1, **options):
    return storage.add_snapshot(
        snapshot(job.network_id, job_id=job.id, kind=kind, epoch=number), token=job.token, **options
    )


def publish(storage, found):
    return storage.publish_version(NewVersion(network_id=found.network_id, snapshot_id=found.id))


def move(storage, network_id, alias, version, **options):
    return storage.move_alias(
        NewMove(owner_id=network_id, alias=alias, network_id=network_id, version=version, **options)
    )


def with_versions(storage, count):
    made = stored_network(storage)
    for _ in range(count):
        publish(storage, storage.add_snapshot(snapshot(made.id)))
    return made.id


def succeeded(storage, network_id, value, *, status=Status.SUCCEEDED, **judged):
    """The id of a job with a best snapshot."""
    job = storage.claim(stored_job(storage, network_id, **judged).id, owner="worker", lease_seconds=60).job
    storage.add_epochs(job.id, job.token, [epoch(1)], seconds=1.0, best_epoch=1, best_value=value)
    add(storage, job, "best")
    storage.finish(job.id, job.token, status)
    return job.id
