import pytest

from service.domain.paging import Page
from tests.storage.makers import stored_dataset, stored_job, stored_network

ADA = {"created_by": "ada", "created_by_key": f"key_{'a' * 24}"}
BOB = {"created_by": "bob"}

MAKERS = {
    "network": (stored_network, "get_network", "list_networks"),
    "job": (stored_job, "get_job", "list_jobs"),
    "data set": (stored_dataset, "get_dataset", "list_datasets"),
}


class CreatorsContract:
    @pytest.mark.parametrize("kind", MAKERS)
    def test_it_comes_back_with_who_created_it(self, storage, kind):
        make, get, _ = MAKERS[kind]
        made, unknown = make(storage, **ADA), make(storage)
        for found in (made, getattr(storage, get)(made.id)):
            assert (found.created_by, found.created_by_key) == (ADA["created_by"], ADA["created_by_key"])
        assert (unknown.created_by, unknown.created_by_key) == (None, None)

    @pytest.mark.parametrize("kind", MAKERS)
    def test_a_list_can_be_of_one_creator_by_name_or_by_key(self, storage, kind):
        make, _, list_page = MAKERS[kind]
        made = [make(storage, **creator) for creator in (ADA, BOB, ADA, {})]
        by_name, by_key, by_other, by_nobody = (
            [found.id for found in getattr(storage, list_page)(Page(), created_by=who)]
            for who in ("ada", ADA["created_by_key"], "bob", "carol")
        )
        assert by_name == by_key == [made[2].id, made[0].id]
        assert (by_other, by_nobody) == ([made[1].id], [])
