import pytest

from service.domain.paging import Page
from service.errors import AlreadyExists, NotFound
from tests.storage.makers import at_once, dataset, stored_dataset


def stored_revision(storage, name="churn", *, fingerprint=None):
    wanted = dataset()
    storage.begin_dataset(wanted)
    storage.add_chunk(wanted.id, wanted.rows, b"chunk")
    return storage.publish_dataset(wanted.id, name=name, fingerprint=fingerprint or wanted.id, revision=True)


class RevisionsContract:
    def test_the_first_revision_of_a_name_is_a_data_set_like_any_other(self, storage):
        first = stored_revision(storage)
        assert (first.revision, first.revisions, first.is_newest) == (1, 1, True)
        assert storage.get_dataset("churn") == storage.get_dataset("churn@1") == first

    def test_a_name_means_its_newest_revision_and_a_number_one_of_them(self, storage):
        first = stored_dataset(storage, name="churn")
        second, third = stored_revision(storage), stored_revision(storage)
        assert [one.revision for one in (first, second, third)] == [1, 2, 3]
        assert storage.get_dataset("churn") == third
        assert [storage.get_dataset(f"churn@{number}").id for number in (1, 2, 3)] == [first.id, second.id, third.id]
        old = storage.get_dataset(first.id)
        assert (old.revision, old.revisions, old.is_newest) == (1, 3, False)
        for missing in ("churn@4", "churn@0", "churn@", "@1", "churn@1@1", "churn@-1", "churn@99999999999", "churn@²"):
            with pytest.raises(NotFound):
                storage.get_dataset(missing)

    def test_a_name_from_before_revisions_may_hold_the_sign(self, storage):
        stored_revision(storage, "a")
        odd = stored_dataset(storage, name="a@2")
        stored_revision(storage, "a")
        assert storage.get_dataset("a@2").id == odd.id

    def test_without_being_a_revision_a_taken_name_stays_taken(self, storage):
        stored_revision(storage)
        stored_revision(storage)
        with pytest.raises(AlreadyExists, match="churn"):
            stored_dataset(storage, name="churn")

    def test_of_revisions_made_at_once_each_has_a_number_of_its_own(self, storage):
        stored_dataset(storage, name="churn")
        made = at_once(lambda number: stored_revision(storage), 6)
        assert sorted(one.revision for one in made) == [2, 3, 4, 5, 6, 7]
        assert storage.get_dataset("churn").revision == 7

    def test_a_revision_that_fails_takes_no_number(self, storage):
        stored_revision(storage, fingerprint="one")
        with pytest.raises(AlreadyExists):
            stored_revision(storage, fingerprint="one")
        assert stored_revision(storage).revision == 2

    def test_lists_show_the_newest_of_each_name_unless_all_are_asked_for(self, storage):
        other = stored_dataset(storage, name="other")
        first, second = stored_revision(storage), stored_revision(storage)
        listed = storage.list_datasets(Page())
        assert [(one.id, one.revisions) for one in listed] == [(second.id, 2), (other.id, 1)]
        every = storage.list_datasets(Page(), all_revisions=True)
        assert [one.id for one in every] == [second.id, first.id, other.id]
        assert [one.is_newest for one in every] == [True, False, True]
        assert [one.id for one in storage.list_datasets(Page(), name="churn", all_revisions=True)] == [
            second.id,
            first.id,
        ]
        assert storage.list_datasets(Page(), name="none") == []
        assert [one.id for one in storage.list_datasets(Page(limit=1), names=["chu*"])] == [second.id]

    def test_a_name_is_changed_for_all_of_its_revisions(self, storage):
        first, second = stored_revision(storage), stored_revision(storage)
        stored_dataset(storage, name="other")
        with pytest.raises(AlreadyExists):
            storage.rename_dataset(first.id, "other")
        renamed = storage.rename_dataset(first.id, "new")
        assert (renamed.id, renamed.name, renamed.revision, renamed.revisions) == (first.id, "new", 1, 2)
        assert storage.get_dataset("new").id == second.id
        with pytest.raises(NotFound):
            storage.get_dataset("churn")
        assert stored_revision(storage, "new").revision == 3
        assert stored_revision(storage, "churn").revision == 1

    def test_a_number_is_never_given_again(self, storage):
        stored_revision(storage)
        storage.delete_dataset(stored_revision(storage).id)
        assert storage.get_dataset("churn").revision == 1
        assert stored_revision(storage).revision == 3
        for one in storage.list_datasets(Page(), name="churn", all_revisions=True):
            storage.delete_dataset(one.id)
        assert stored_dataset(storage, name="churn").revision == 4

    def test_a_further_name_gets_no_revisions(self, storage):
        first = stored_dataset(storage, name="first")
        storage.add_dataset_name(first.id, "second")
        with pytest.raises(AlreadyExists, match="'first'"):
            stored_revision(storage, "second")

    def test_the_name_of_newer_rows_is_no_further_name_of_older_ones(self, storage):
        first, second = stored_revision(storage), stored_revision(storage)
        with pytest.raises(AlreadyExists):
            storage.add_dataset_name(first.id, "churn")
        assert storage.add_dataset_name(second.id, "churn") == second
