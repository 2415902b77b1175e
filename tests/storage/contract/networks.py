import math

import pytest

from service.domain.paging import Page
from service.domain.status import Status
from service.errors import AlreadyExists, Conflict, Invalid, NotFound
from tests.storage.makers import add_epochs, at_once, claimed, epoch, network, snapshot, stored_job, stored_network


class NetworksContract:
    def test_a_network_comes_back_as_it_was_stored(self, storage):
        wanted = network(
            name="cheese",
            description="Like or dislike?",
            tags={"course": "ml-101", 'od"d $key': "ü"},
            spec={"seed": 2**53 + 1, "layers": [{"units": 3}], "odd": [math.inf, -math.inf]},
            features=("fat", "salt"),
            labels=("dislike", "like"),
        )
        stored = storage.create_network(wanted, snapshot(wanted.id, kind="initial"))
        for field in ("id", "name", "description", "tags", "spec", "features", "labels", "parameter_count"):
            assert getattr(stored, field) == getattr(wanted, field)
        assert stored.created_at == stored.updated_at > 1_500_000_000
        assert storage.get_network(wanted.id) == storage.get_network("cheese") == stored

    def test_a_network_is_born_with_its_initial_snapshot(self, storage):
        stored = stored_network(storage, initial=b"born with")
        first = storage.find_snapshot(stored.id, "initial")
        assert (first, storage.read_snapshot_values(first.id)) == (
            storage.find_snapshot(stored.id, "latest"),
            b"born with",
        )

    def test_a_name_is_given_once(self, storage):
        stored_network(storage, name="cheese")
        with pytest.raises(AlreadyExists, match="'cheese'"):
            stored_network(storage, name="cheese")
        assert len(storage.list_networks(Page())) == 1

    def test_of_networks_made_at_once_with_one_name_one_is_stored(self, storage):
        outcomes = at_once(lambda _: stored_network(storage, name="cheese"), 4)
        assert sum(isinstance(outcome, AlreadyExists) for outcome in outcomes) == 3
        assert [found.name for found in storage.list_networks(Page())] == ["cheese"]

    def test_a_missing_network_is_not_found(self, storage):
        for action in (storage.get_network, storage.delete_network, storage.update_network):
            with pytest.raises(NotFound):
                action("net_missing")

    def test_what_no_database_can_hold_is_invalid(self, storage):
        with pytest.raises(Invalid):
            storage.get_network("a lone surrogate \ud800")

    @pytest.mark.parametrize("ref", [["cheese"], {"name": "cheese"}, 7, True, None])
    def test_a_reference_of_another_kind_than_text_is_invalid(self, storage, ref):
        network_id = stored_network(storage).id
        for action in (storage.get_network, storage.get_dataset, storage.get_job):
            with pytest.raises(Invalid, match="must be text"):
                action(ref)
        with pytest.raises(Invalid, match="must be text"):
            storage.find_snapshot(network_id, ref)

    def test_networks_are_listed_newest_first_by_pages(self, storage):
        made = [stored_network(storage).id for _ in range(5)]
        first = storage.list_networks(Page(limit=2))
        second = storage.list_networks(Page(limit=2, after=first[-1].id))
        third = storage.list_networks(Page(limit=2, after=second[-1].id))
        assert [found.id for page in (first, second, third) for found in page] == sorted(made, reverse=True)
        with pytest.raises(NotFound):
            storage.list_networks(Page(after="net_missing"))

    def test_tags_select_the_networks_that_carry_all_of_them(self, storage):
        both = stored_network(storage, tags={"course": "a", 'ro"w': "1"})
        stored_network(storage, tags={"course": "a", 'ro"w': "2"})
        stored_network(storage, tags={})
        assert len(storage.list_networks(Page(), tags={"course": "a"})) == 2
        assert storage.list_networks(Page(), tags={"course": "a", 'ro"w': "1"}) == [both]
        assert storage.list_networks(Page(), tags={"course": "1"}) == []

    def test_a_tag_that_looks_like_a_mark_of_ours_is_only_a_tag(self, storage):
        made = [stored_network(storage, tags={key: "nan"}) for key in ("$float", "$$float", "float")]
        assert [found.tags for found in storage.list_networks(Page())] == [
            {"float": "nan"},
            {"$$float": "nan"},
            {"$float": "nan"},
        ]
        assert storage.get_network(made[0].id) == made[0]
        for one in made:
            assert storage.list_networks(Page(), tags=one.tags) == [one]

    def test_only_what_is_given_changes(self, storage):
        before = stored_network(storage, name="old", description="kept", tags={"a": "b"})
        renamed = storage.update_network(before.id, name="new")
        assert (renamed.name, renamed.description, renamed.tags) == ("new", "kept", {"a": "b"})
        assert renamed.updated_at > before.updated_at
        assert storage.update_network(before.id, tags={}, description="").tags == {}
        assert storage.get_network("new").description == ""

    def test_a_network_is_loaded_until_it_is_unloaded_and_that_changes_its_version(self, storage):
        network = stored_network(storage)
        assert network.unloaded is False
        before = storage.version_of(network.name, "latest")
        assert storage.update_network(network.id, unloaded=True).unloaded is True
        assert storage.version_of(network.name, "latest") != before
        assert storage.get_network(network.id).unloaded is True
        assert storage.update_network(network.id, description="new").unloaded is True
        assert storage.update_network(network.id, unloaded=False).unloaded is False

    def test_a_taken_name_is_rejected_to_a_rename(self, storage):
        stored_network(storage, name="taken")
        other = stored_network(storage, name="other")
        with pytest.raises(AlreadyExists):
            storage.update_network(other.id, name="taken")
        assert storage.get_network("other").id == other.id

    def test_deleting_a_network_takes_all_that_hangs_on_it(self, storage):
        job = claimed(storage)
        add_epochs(storage, job, [epoch(number) for number in range(1, 20)])
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        weights = storage.find_snapshot(job.network_id, "latest")
        storage.delete_network(job.network_id)
        assert storage.history([job.id]) == []
        for action, missing in (
            (storage.get_network, job.network_id),
            (storage.get_job, job.id),
            (storage.list_events, job.id),
            (storage.read_snapshot_values, weights.id),
        ):
            with pytest.raises(NotFound):
                action(missing)

    def test_a_network_with_a_job_under_way_stays(self, storage):
        job = stored_job(storage)
        with pytest.raises(Conflict, match=job.id):
            storage.delete_network(job.network_id)
        assert not storage.get_network(job.network_id).deleting
