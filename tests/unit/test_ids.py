import threading
import time

from service.domain.ids import new_id


def test_an_id_says_what_it_is_of():
    prefix, _, rest = new_id("job").partition("_")
    assert prefix == "job"
    assert len(bytes.fromhex(rest)) == 12


def test_ids_sort_as_they_were_made_within_a_millisecond_too():
    made = [new_id("net") for _ in range(5000)]
    assert made == sorted(set(made)) and {len(one) for one in made} == {len("net_") + 24}


def test_ids_say_when_they_were_made():
    before = time.time_ns() // 1_000_000
    made = int(new_id("net").removeprefix("net_")[:12], 16)
    assert before <= made <= time.time_ns() // 1_000_000 + 1


def test_a_clock_that_is_set_back_changes_no_order(monkeypatch):
    first = new_id("net")
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id("net") > first


def test_threads_never_get_the_same():
    made = [[], [], [], []]
    threads = [threading.Thread(target=lambda ids=ids: ids.extend(new_id("net") for _ in range(500))) for ids in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one for ids in made for one in ids}) == 2000 and all(ids == sorted(ids) for ids in made)


def test_ids_of_one_moment_differ():
    assert len({new_id("snap") for _ in range(1000)}) == 1000
