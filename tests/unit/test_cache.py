import platform
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from benchmarks.proc import memory_of_own
from service.operations.cache import Cache


def test_a_value_is_made_once():
    cache = Cache(max_bytes=10)
    made = [cache.remember("key", lambda: object(), size_of=lambda _: 1) for _ in range(3)]
    assert made[0] is made[1] is made[2]


def test_callers_at_the_same_time_wait_for_the_one_that_makes_the_value():
    cache, calls, all_here = Cache(max_bytes=10), [], threading.Barrier(8)

    def make():
        calls.append(None)
        time.sleep(0.05)
        return object()

    def ask():
        all_here.wait(10)
        return cache.remember("key", make, size_of=lambda _: 1)

    with ThreadPoolExecutor(8) as pool:
        found = {future.result(10) for future in [pool.submit(ask) for _ in range(8)]}
    assert len(found) == len(calls) == 1


def test_a_failure_is_the_makers_own_and_the_next_caller_makes_the_value():
    cache, begun, may_fail = Cache(max_bytes=10), threading.Event(), threading.Event()

    def fail():
        begun.set()
        assert may_fail.wait(10)
        raise KeyError

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.remember, "key", fail, size_of=lambda _: 1)
        assert begun.wait(10)
        second = pool.submit(cache.remember, "key", lambda: "made", size_of=lambda _: 1)
        may_fail.set()
        assert isinstance(first.exception(10), KeyError)
        assert second.result(10) == "made"


def test_a_value_may_be_made_of_another_one():
    cache = Cache(max_bytes=10)
    inner = partial(cache.remember, "inner", lambda: 1, size_of=lambda _: 1)
    assert cache.remember("outer", lambda: inner() + 1, size_of=lambda _: 1) == 2


def test_the_least_recently_used_value_goes_first():
    cache = Cache(max_bytes=3)
    for key in "abc":
        cache.put(key, key, 1)
    cache.get("a")
    cache.put("d", "d", 1)
    assert [cache.get(key) for key in "abcd"] == ["a", None, "c", "d"]


def test_a_replaced_value_counts_once():
    cache = Cache(max_bytes=4)
    cache.put("a", 1, 1)
    for _ in range(5):
        cache.put("b", 2, 2)
    assert (cache.get("a"), cache.get("b")) == (1, 2)


def test_values_that_nobody_will_ask_for_again_are_forgotten():
    cache = Cache(max_bytes=3)
    for key in ("a1", "b", "a2"):
        cache.put(key, key, 1)
    cache.forget(lambda key, value: str(key).startswith("a"))
    assert [cache.get(key) for key in ("a1", "b", "a2")] == [None, "b", None]
    cache.put("large", 1, 2)
    assert cache.get("b") == "b"


def test_a_value_larger_than_the_cache_is_not_kept_and_drives_nothing_out():
    cache = Cache(max_bytes=2)
    cache.put("small", 1, 1)
    cache.put("large", 2, 3)
    assert (cache.get("small"), cache.get("large")) == (1, None)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
def test_memory_goes_back_to_the_system_when_much_is_dropped():
    cache = Cache(max_bytes=2**30)
    # Blocks so small that the C library does not map each by itself, with one that stays between two of them.
    large, stays = zip(*[(bytes([1]) * 100_000, bytearray(2000)) for _ in range(2000)], strict=True)
    cache.put("large", large, 200_000_000)
    del large
    before = memory_of_own("VmRSS")
    cache.forget(lambda key, value: key == "large")
    assert before - memory_of_own("VmRSS") > 150_000_000
    assert len(stays) == 2000
