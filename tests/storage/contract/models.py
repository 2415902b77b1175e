import pytest

from service.domain.paging import Page
from service.domain.versions import Creator, NewMove
from service.errors import Conflict, NotFound
from service.storage.sql.open import open_storage
from tests.storage.contract.versions import move, with_versions


class ModelsContract:
    def test_a_model_answers_from_versions_of_any_network(self, storage):
        model = storage.ensure_model("shop", by=Creator("anna", "key_1"))
        assert storage.ensure_model("shop") == storage.get_model("shop") == storage.get_model(model.id) == model
        assert (model.created_by, model.created_by_key) == ("anna", "key_1")
        first, second = with_versions(storage, 2), with_versions(storage, 1)
        point(storage, model, first, 2)
        found = storage.choose_for_model("shop", "live")
        assert (found.model, found.network.id, found.choice.snapshot.version) == (model, first, 2)
        point(storage, model, second, 1)
        assert storage.choose_for_model(model.id, "production").network.id == second
        assert storage.roll_back_alias(model.id, "production").network_id == first

    def test_a_version_of_a_model_changes_with_what_it_brings(self, storage, database_url):
        model, network_id = storage.ensure_model("shop"), with_versions(storage, 2)
        point(storage, model, network_id, 1)
        other = open_storage(database_url)
        before = storage.version_of_model("shop", "live")
        assert storage.version_of_model("shop", "live") == before
        point(other, model, network_id, 2)
        assert storage.version_of_model("shop", "live") != before
        other.close()

    def test_a_network_that_a_model_answers_from_is_not_deleted(self, storage):
        model, network_id = storage.ensure_model("shop"), with_versions(storage, 1)
        point(storage, model, network_id, 1)
        for delete in (lambda: storage.delete_network(network_id), lambda: storage.delete_version(network_id, "1")):
            with pytest.raises(Conflict):
                delete()
        storage.delete_model(model.id)
        storage.delete_network(network_id)
        with pytest.raises(NotFound):
            storage.get_model("shop")

    def test_models_are_listed_newest_first(self, storage):
        made = [storage.ensure_model(name) for name in ("churn-eu", "wine", "churn-us")]
        assert storage.list_models(Page()) == made[::-1]
        assert storage.list_models(Page(after=made[1].id)) == made[:1]
        assert storage.list_models(Page(), names=["churn-*"]) == [made[2], made[0]]

    def test_an_alias_of_a_model_is_not_one_of_the_network(self, storage):
        model, network_id = storage.ensure_model("shop"), with_versions(storage, 1)
        point(storage, model, network_id, 1)
        assert storage.choose_snapshot(network_id, "live").chosen_by == "import"
        move(storage, network_id, "champion", 1)
        with pytest.raises(NotFound):
            storage.choose_for_model("shop", "champion")
        with pytest.raises(NotFound):
            storage.choose_for_model("none", "live")


def point(storage, model, network_id, version):
    storage.move_alias(NewMove(owner_id=model.id, alias="production", network_id=network_id, version=version))
