"""When a cron expression is due, in any time zone and when clocks change."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Invalid
from service.operations.schedules import cron


def seconds(text):
    return datetime.fromisoformat(text).timestamp()


def next_time(expression, after, timezone="UTC"):
    found = cron.next_time(expression, timezone, seconds(after))
    return datetime.fromtimestamp(found, UTC).isoformat().removesuffix("+00:00") + "Z"


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 3 * * *", "2026-11-26T02:59:59Z", "2026-11-26T03:00:00Z"),
        ("0 3 * * *", "2026-11-26T03:00:00Z", "2026-11-27T03:00:00Z"),
        ("*/15 * * * *", "2026-11-26T12:14:59.5Z", "2026-11-26T12:15:00Z"),
        ("0 9 * * 1-5", "2026-11-27T09:00:00Z", "2026-11-30T09:00:00Z"),
        ("30 6 1 JAN,jul *", "2026-11-26T00:00:00Z", "2027-01-01T06:30:00Z"),
        ("0 0 29 2 *", "2026-11-26T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 12 L * *", "2026-11-26T00:00:00Z", "2026-11-30T12:00:00Z"),
    ],
)
def test_the_next_time_is_the_first_one_after_a_moment(expression, after, expected):
    cron.check(expression, "UTC")
    assert next_time(expression, after) == expected


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 3 * * *", "2026-07-01T00:00:00Z", "2026-07-01T01:00:00Z"),
        ("0 3 * * *", "2026-12-01T00:00:00Z", "2026-12-01T02:00:00Z"),
        # 2:30 does not exist on 29 March 2026, and the clock goes from 2:00 to 3:00 at 1:00 UTC.
        ("30 2 * * *", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        ("30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        # 2:30 exists twice on 25 October 2026, and counts the first time alone.
        ("30 2 * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        ("30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"),
        ("30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
    ],
)
def test_clocks_that_change_make_no_run_twice_and_lose_none(expression, after, expected):
    assert next_time(expression, after, "Europe/Zurich") == expected


@pytest.mark.parametrize(
    "expression",
    ["", "* * * *", "* * * * * *", "60 * * * *", "0 3 * * 8", "0 3 31 2 *", "a b c d e", "*/0 * * * *", "5-1 * * * *"]
    + ["@daily", "0 3 * * *" + " " * 200, "1" * 180 + " * * * *", "² * * * *"],
)
def test_what_is_no_cron_expression_is_rejected(expression):
    with pytest.raises(Invalid) as error:
        cron.check(expression, "UTC")
    assert [issue.path for issue in error.value.fields] == [("cron",)]


@pytest.mark.parametrize("timezone", ["Mars", "", "../etc/passwd", "Europe", "/etc/localtime", "UTC+1"])
def test_what_is_no_time_zone_is_rejected(timezone):
    with pytest.raises(Invalid) as error:
        cron.check("61 * * * *", timezone)
    assert [issue.path for issue in error.value.fields] == [("cron",), ("timezone",)]


PART = st.text("0123456789*/-,#LWSUNMO ", min_size=1, max_size=6)


@given(st.one_of(st.text(max_size=20), st.lists(PART, min_size=5, max_size=5).map(" ".join)))
def test_any_text_is_an_expression_or_invalid(text):
    try:
        cron.check(text, "UTC")
        found = cron.next_time(text, "UTC", 1.8e9)
    except Invalid:
        return
    assert found > 1.8e9
