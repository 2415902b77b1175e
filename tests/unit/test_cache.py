from service.operations.cache import Cache


def test_a_value_is_made_once():
    cache = Cache(max_bytes=10)
    made = [cache.remember("key", lambda: object(), size_bytes=1) for _ in range(3)]
    assert made[0] is made[1] is made[2]


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
