import time

from service.domain.ids import new_id


def test_an_id_says_what_it_is_of():
    prefix, _, rest = new_id("job").partition("_")
    assert prefix == "job"
    assert len(bytes.fromhex(rest)) == 12


def test_ids_sort_by_the_time_they_were_made():
    made = []
    for _ in range(5):
        made.append(new_id("net"))
        time.sleep(0.002)  # Ids of one millisecond come in any order.
    assert made == sorted(made)


def test_ids_of_one_moment_differ():
    assert len({new_id("snap") for _ in range(1000)}) == 1000
