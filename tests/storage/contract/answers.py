import pytest

from service.domain.monitoring import AnswerFilter, NewAnswer
from service.errors import NotFound
from tests.storage.makers import at_once, snapshot, stored_network

ALL = AnswerFilter()
SETTINGS = {"share": 0.5, "max_rows": 10}


def answer(number, **changes):
    values = {
        "id": f"pred_{number:024x}",
        "row": 0,
        "snapshot_id": "snap_1",
        "version": 3,
        "caller": "ada",
        "inputs": f'[{number},null,"word"]',
        "outputs": "[0.25,null]",
    }
    return NewAnswer(**{**values, **changes})


def kept(storage, network, **changes):
    return [found.inputs[0] for found in storage.read_answers(network.id, AnswerFilter(**changes), limit=100)]


class AnswersContract:
    def test_a_networks_log_is_off_until_it_is_switched_on_and_off_again(self, storage):
        network = stored_network(storage)
        assert network.answer_log is None
        assert storage.set_answer_log(network.id, SETTINGS).answer_log == SETTINGS
        assert storage.get_network(network.id).answer_log == SETTINGS
        assert storage.set_answer_log(network.id, None).answer_log is None
        with pytest.raises(NotFound):
            storage.set_answer_log("net_0", SETTINGS)

    def test_switching_the_log_changes_the_version_of_what_is_loaded(self, storage):
        network = stored_network(storage)
        before = storage.version_of(network.name, "latest")
        storage.set_answer_log(network.id, SETTINGS)
        assert storage.version_of(network.name, "latest") != before

    def test_answers_come_back_newest_first_as_they_were_given(self, storage):
        network = stored_network(storage)
        storage.add_answers(network.id, [answer(1), answer(2, row=1)], max_rows=10)
        storage.add_answers(network.id, [answer(3, caller=None, version=None)], max_rows=10)
        newest, second, _ = storage.read_answers(network.id, ALL, limit=10)
        assert (newest.number, newest.caller, newest.version, newest.inputs[0]) == (3, None, None, 3)
        assert (second.number, second.id, second.row, second.snapshot_id) == (2, f"pred_{2:024x}", 1, "snap_1")
        assert (second.inputs, second.outputs, second.version) == ([2, None, "word"], [0.25, None], 3)
        assert (second.actual, second.actual_at, second.network_id) == (None, None, network.id)
        assert [found.number for found in storage.read_answers(network.id, ALL, limit=10, after=2)] == [1]
        [bare] = storage.read_answers(network.id, ALL, limit=1, inputs=False)
        assert (bare.number, bare.inputs) == (3, None)

    def test_the_newest_rows_are_kept_and_bytes_are_counted(self, storage):
        network, other = stored_network(storage), stored_network(storage)
        for number in range(1, 8):
            storage.add_answers(network.id, [answer(number)], max_rows=3)
        storage.add_answers(other.id, [answer(99)], max_rows=3)
        assert kept(storage, network) == [7, 6, 5]
        size = len('[7,null,"word"][0.25,null]')
        found = storage.stored_answers(network.id)
        assert (found.rows, found.judged, found.bytes) == (3, 0, 3 * size)
        assert storage.stored_bytes()["answers"] == 4 * size + 1
        storage.delete_answers(network.id)
        assert storage.stored_answers(network.id).rows == 0
        assert storage.stored_bytes()["answers"] == size + 1
        assert kept(storage, other) == [99]

    def test_writers_at_once_number_every_row_once(self, storage):
        network = stored_network(storage)
        at_once(lambda n: storage.add_answers(network.id, [answer(10 * n), answer(10 * n + 1)], max_rows=100), 4)
        assert [found.number for found in storage.read_answers(network.id, ALL, limit=100)] == [*range(8, 0, -1)]

    def test_answers_are_found_by_time_snapshot_and_truth(self, storage):
        network = stored_network(storage)
        old, new = answer(1, seconds_ago=100.0), answer(2, snapshot_id="snap_2")
        storage.add_answers(network.id, [old, new], max_rows=10)
        newest, oldest = storage.read_answers(network.id, ALL, limit=10)
        assert newest.created_at - oldest.created_at == pytest.approx(100, abs=1)
        assert kept(storage, network, from_time=newest.created_at) == [2]
        assert kept(storage, network, to_time=newest.created_at) == [1]
        assert kept(storage, network, snapshot_id="snap_1") == [1]
        storage.set_actuals(network.id, [((old.id, 0), ["like"])])
        assert kept(storage, network, only_judged=True) == [1]

    def test_the_last_truth_counts(self, storage):
        network, other = stored_network(storage), stored_network(storage)
        storage.add_answers(network.id, [answer(1), answer(2)], max_rows=10)
        row = (answer(1).id, 0)
        assert storage.set_actuals(network.id, [(row, [1.5]), (("pred_0", 0), [1])]) == 1
        assert storage.set_actuals(network.id, [(row, [2.5])]) == 1
        assert storage.set_actuals(other.id, [(row, [3.5])]) == 0
        [found] = storage.find_answers([row, row, ("pred_0", 0), (row[0], 1)])
        assert (found.network_id, found.actual) == (network.id, [2.5])
        assert found.actual_at >= found.created_at
        assert storage.stored_answers(network.id).judged == 1

    def test_answers_go_with_their_network(self, storage):
        network = stored_network(storage)
        storage.add_answers(network.id, [answer(1)], max_rows=10)
        storage.delete_network(network.id)
        assert storage.find_answers([(answer(1).id, 0)]) == []
        with pytest.raises(NotFound):
            storage.add_answers(network.id, [answer(1)], max_rows=10)

    def test_a_snapshot_keeps_how_its_training_rows_were_distributed(self, storage):
        network = stored_network(storage)
        reference = {"rows": 3, "columns": {"fat": {"kind": "number", "edges": [0.5]}}}
        made = storage.add_snapshot(snapshot(network.id, reference=reference))
        assert storage.read_reference(made.id) == reference
        assert storage.read_reference(storage.find_snapshot(network.id, "initial").id) is None
        storage.delete_network(network.id)
        assert storage.read_reference(made.id) is None

    def test_a_reference_is_kept_later_once(self, storage):
        network = stored_network(storage)
        made = storage.find_snapshot(network.id, "initial")
        storage.keep_reference(made.id, {"rows": 1})
        storage.keep_reference(made.id, {"rows": 2})
        assert storage.read_reference(made.id) == {"rows": 1}
        storage.keep_reference("snap_0", {"rows": 1})
        assert storage.read_reference("snap_0") is None

    def test_snapshots_with_the_same_weights_are_found_in_their_network(self, storage):
        network, other = stored_network(storage), stored_network(storage)
        first = storage.add_snapshot(snapshot(network.id))
        second = storage.add_snapshot(snapshot(network.id))
        storage.add_snapshot(snapshot(other.id))
        found = [one.id for one in storage.same_weights(network.id, first.sha256)]
        assert found[:2] == [second.id, first.id] and len(found) <= 3
        assert storage.same_weights(network.id, "0") == []
