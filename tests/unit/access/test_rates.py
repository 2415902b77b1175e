"""Requests counted over a sliding window, in memory and in Redis; the oracle is a list of the times of all of them."""

import shutil
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.rates import MAX_COUNTERS, RETRY_SECONDS, MemoryCounters, Rates, RedisCounters
from service.domain.key_limits import Rate, read_rate
from tests.acceptance.running import free_port


class Clock:
    def __init__(self, now=1_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rates(clock):
    return Rates(MemoryCounters(clock), clock=clock)


def free(rates, rate, times, who="ada"):
    return [rates.take(who, rate).is_free for _ in range(times)]


def test_so_many_requests_are_free_and_no_more(rates):
    rate = read_rate("3/minute")
    rooms = [rates.take("ada", rate) for _ in range(4)]
    assert [(room.is_free, room.limit, room.remaining) for room in rooms] == [
        (True, 3, 2),
        (True, 3, 1),
        (True, 3, 0),
        (False, 3, 0),
    ]


def test_callers_and_kinds_are_counted_apart(rates):
    rate = Rate(1, 60)
    assert [rates.take(who, rate).is_free for who in ("predict/ada", "predict/bob", "train/ada", "train/ada")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("used_at", [0.0, 1.5, 30.0, 59.0])
@pytest.mark.parametrize("text", ["1/minute", "10/minute", "7/hour", "5/second"])
def test_whoever_waits_as_long_as_the_answer_says_gets_through_and_not_much_sooner(rates, clock, text, used_at):
    rate = read_rate(text)
    clock.now = clock.now // rate.seconds * rate.seconds + used_at % rate.seconds
    assert all(free(rates, rate, rate.requests))
    for _ in range(3):
        wait = rates.take("ada", rate).retry_seconds
        assert wait > 0
        if wait > 1:
            clock.now += wait - 1.001
            assert not rates.look("ada", rate).is_free
            clock.now += 1.001
        else:
            clock.now += wait
        assert rates.take("ada", rate).is_free
        while rates.take("ada", rate).is_free:
            pass


def test_looking_counts_nothing_and_rejected_requests_do_not_count(rates, clock):
    rate = Rate(2, 60)
    assert [rates.look("ada", rate).is_free for _ in range(5)] == [True] * 5
    assert free(rates, rate, 100) == [True, True] + [False] * 98
    wait = rates.look("ada", rate).retry_seconds
    clock.now += wait
    assert rates.take("ada", rate).is_free


@given(
    rate=st.builds(Rate, st.integers(1, 5), st.sampled_from([1, 60])),
    pauses=st.lists(st.floats(0, 30), max_size=60),
)
def test_a_period_never_holds_more_than_the_limit_nor_a_window_more_than_twice_as_many(rate, pauses):
    clock = Clock()
    rates, taken = Rates(MemoryCounters(clock), clock=clock), []
    for pause in pauses:
        clock.now += pause
        if rates.take("ada", rate).is_free:
            taken.append(clock.now)
    for begin in taken:
        period = begin // rate.seconds
        assert sum(at // rate.seconds == period for at in taken) <= rate.requests
        assert sum(begin <= at < begin + rate.seconds for at in taken) <= 2 * rate.requests


def test_processes_that_count_apart_let_their_part_through(clock):
    rates = [Rates(MemoryCounters(clock), share=4, clock=clock) for _ in range(4)]
    assert sum(sum(free(one, Rate(10, 60), 10)) for one in rates) == 12  # rounded up, so that each has one at least


def test_memory_forgets_what_is_over(clock):
    counters = MemoryCounters(clock)
    for number in range(MAX_COUNTERS):
        counters.incr(f"old/{number}", 1)
    clock.now += 2
    counters.incr("new", 60)
    assert (counters.get("old/0"), counters.get("new")) == (0, 1)
    assert len(counters._counters) == 1


def test_memory_is_bounded_under_a_flood_of_callers(clock, caplog):
    counters = MemoryCounters(clock)
    for number in range(MAX_COUNTERS + 10):
        counters.incr(f"flood/{number}", 60)
    assert len(counters._counters) <= MAX_COUNTERS
    assert "start again from 0" in caplog.text


@pytest.mark.parametrize(
    "text", ["", "1", "0/second", "-1/second", "1/fortnight", "1 / second", "1e3/second", "１/second"]
)
def test_a_text_that_is_no_rate_is_rejected(text):
    with pytest.raises(ValueError, match="such as 100/second"):
        read_rate(text)


def test_zero_is_no_limit():
    assert read_rate("0") is None


@pytest.mark.parametrize(
    ("mine", "theirs", "is_within"),
    [
        ("10/second", "10/second", True),
        ("10/minute", "10/second", True),
        ("600/minute", "10/second", False),  # as a burst
        ("10/second", "10/minute", False),
        ("10/second", "1000/minute", True),
    ],
)
def test_a_rate_is_within_another_one_in_bursts_and_over_time(mine, theirs, is_within):
    assert read_rate(mine).is_within(read_rate(theirs)) is is_within


# -- Redis -------------------------------------------------------------------------------------------------------


class Server:
    def __init__(self, port):
        self.url, self._port, self._process = f"redis://127.0.0.1:{port}/0", port, None

    def start(self):
        command = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        counters = RedisCounters(self.url)
        while not counters._redis.check():
            assert self._process.poll() is None
            time.sleep(0.02)

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None


@pytest.fixture
def redis():
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server")
    server = Server(free_port())
    server.start()
    yield server
    server.stop()


def test_redis_counts_for_all_processes_together(redis):
    rate = Rate(5, 3600)
    rates = [Rates(RedisCounters(redis.url)) for _ in range(3)]
    assert sum(sum(free(one, rate, 5)) for one in rates) == 5
    assert not rates[0].look("ada", rate).is_free


def test_without_redis_each_process_counts_for_itself_says_so_once_and_returns_to_redis(redis, caplog, clock):
    rate = Rate(5, 3600)
    rates = [Rates(RedisCounters(redis.url, clock)) for _ in range(2)]
    assert sum(free(rates[0], rate, 3)) == 3
    redis.stop()
    assert [sum(free(one, rate, 9)) for one in rates] == [5, 5]
    clock.now += RETRY_SECONDS
    free(rates[0], rate, 1)
    assert [record.message.split(",")[0] for record in caplog.records] == ["Redis cannot count requests"] * 2
    redis.start()
    clock.now += RETRY_SECONDS
    assert rates[0].take("bob", rate).remaining == rates[1].take("bob", rate).remaining + 1
    assert "Redis counts requests again" in caplog.text
