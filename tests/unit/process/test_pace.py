"""The pace of a body, on a clock of the test's own."""

from service.process.front.pace import WINDOW_SECONDS, Pace, PaceLimits

LIMITS = PaceLimits(first_byte_seconds=3, bytes_per_second=100)
WINDOW_BYTES = 100 * int(WINDOW_SECONDS)


def test_a_body_that_does_not_begin_in_time_is_too_slow() -> None:
    pace = Pace(LIMITS, 50.0, None)
    assert pace.seconds_left(51.0) == 2.0
    assert not pace.is_broken(52.9)
    assert pace.is_broken(53.0)


def test_a_first_byte_begins_a_window_that_needs_its_bytes() -> None:
    pace = Pace(LIMITS, 0.0, None)
    pace.add(1, 2.0)
    assert pace.seconds_left(2.0) == WINDOW_SECONDS
    pace.add(WINDOW_BYTES - 1, 5.0)
    assert not pace.is_broken(11.9)
    assert pace.is_broken(12.0)


def test_a_body_that_keeps_its_pace_may_take_as_long_as_it_likes() -> None:
    pace, now = Pace(LIMITS, 0.0, None), 0.0
    pace.add(1, now)
    for _ in range(1000):
        pace.add(WINDOW_BYTES, now)
        now += WINDOW_SECONDS
        assert not pace.is_broken(now)


def test_bytes_of_one_window_do_not_count_for_the_next() -> None:
    pace = Pace(LIMITS, 0.0, None)
    pace.add(100 * WINDOW_BYTES, 0.0)
    pace.add(WINDOW_BYTES, 1.0)
    assert not pace.is_broken(WINDOW_SECONDS)
    assert pace.is_broken(2 * WINDOW_SECONDS)


def test_a_body_within_its_pace_still_ends_with_all_its_time() -> None:
    pace = Pace(LIMITS, 0.0, 4.0)
    pace.add(WINDOW_BYTES, 0.5)
    assert pace.seconds_left(1.0) == 3.0
    assert not pace.is_broken(3.9)
    assert pace.is_broken(4.0)


def test_without_a_least_pace_only_the_beginning_counts() -> None:
    pace = Pace(PaceLimits(first_byte_seconds=3, bytes_per_second=0), 0.0, None)
    pace.add(1, 1.0)
    assert not any(pace.is_broken(now) for now in (11.0, 21.0, 10_000.0))
