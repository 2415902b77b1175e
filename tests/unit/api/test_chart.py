import math
import xml.etree.ElementTree as ElementTree

import pytest

from service.api.history.axes import epoch_axis, value_axis
from service.api.history.chart import LARGEST, SMALLEST, Curve, draw

SVG = "{http://www.w3.org/2000/svg}"


def curves_of(picture):
    paths = ElementTree.fromstring(picture).iter(f"{SVG}path")
    return [path.get("d") for path in paths if path.get("class", "").startswith("curve")]


def test_a_value_that_is_none_leaves_a_gap_and_a_lone_one_is_a_dot():
    points = [(1, 3.0), (2, 2.5), (3, math.nan), (4, 2.0), (5, math.inf), (6, 1.5), (7, 1.0)]
    (drawn,) = curves_of(draw("t", [Curve(points=points)]))

    assert [drawn.count(letter) for letter in "MLh"] == [3, 2, 3]


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show():
    (drawn,) = curves_of(draw("t", [Curve(points=[(1, 1.0), (2, 0.0), (3, -1.0), (4, 1e-9)])], logarithmic=True))

    assert drawn.count("M") == 2


EXTREME = [1e-320, 5e-324, 1e-300, 1e300, 1e308, 1.75e308, -1.75e308]


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("extreme", EXTREME)
def test_a_value_too_extreme_to_draw_is_a_gap_or_lies_on_the_ground(extreme, logarithmic):
    (drawn,) = curves_of(draw("t", [Curve(points=[(1, 0.5), (2, extreme), (3, 0.4)])], logarithmic=logarithmic))

    is_drawn = 0 < extreme < 1 and not logarithmic
    assert (drawn.count("M"), drawn.count("L")) == ((1, 2) if is_drawn else (2, 0))


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("values", [[SMALLEST, LARGEST], [SMALLEST, SMALLEST], [LARGEST, LARGEST], [-LARGEST, LARGEST]])
def test_the_most_extreme_values_that_are_drawn_stay_in_the_picture(values, logarithmic):
    (drawn,) = curves_of(draw("t", [Curve(points=list(enumerate(values, 1)))], logarithmic=logarithmic))

    assert "nan" not in drawn and "inf" not in drawn


def test_text_of_others_is_escaped():
    picture = draw("</title><script>", [Curve(name='"<&>', points=[(1, 1.0)])])

    assert "<script>" not in picture
    assert [text.text for text in ElementTree.fromstring(picture).iter(f"{SVG}text")][:2] == [
        "</title><script>",
        '"<&>',
    ]


@pytest.mark.parametrize("points", [[], [(1, math.nan)], [(1, 0.0)]])
def test_without_values_the_picture_says_so(points):
    assert "No values to show yet." in draw("t", [Curve(points=points)], logarithmic=True)


def test_nothing_is_drawn_outside_the_picture_whatever_the_values():
    for values in ([1e-300, 1e300], [5.0, 5.0], [-3.0, 7.0], [0.0, 0.0], [1e-320, 1e-310]):
        picture = draw("t", [Curve(points=list(enumerate(values, 1)))])
        numbers = [
            float(part)
            for path in curves_of(picture)
            for part in path.replace("h0", "").replace("M", "").split("L")[0].split()
        ]
        assert all(0 <= number <= 800 for number in numbers), values


@pytest.mark.parametrize(
    ("values", "logarithmic", "ticks"),
    [
        ([0.02, 0.98], False, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ([-3.0, 7.0], False, [-2.0, 0.0, 2.0, 4.0, 6.0]),
        ([0.001, 10.0], True, [0.001, 0.01, 0.1, 1.0, 10.0]),
        ([1.0, 80.0], True, [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]),
        ([1e-30, 1.0], True, [1e-28, 1e-24, 1e-20, 1e-16, 1e-12, 1e-8, 1e-4, 1.0]),
    ],
)
def test_ticks_are_round_numbers(values, logarithmic, ticks):
    assert value_axis(values, start=400, end=0, logarithmic=logarithmic).ticks() == pytest.approx(ticks, rel=1e-9)


@pytest.mark.parametrize(("epochs", "ticks"), [([1], [1, 2]), ([1, 3], [1, 2, 3]), ([1, 200], [50, 100, 150, 200])])
def test_epochs_have_whole_ticks(epochs, ticks):
    assert epoch_axis(epochs, start=0, end=700).ticks() == ticks


def test_an_axis_puts_its_ends_where_they_belong():
    axis = value_axis([1.0, 100.0], start=400, end=100, logarithmic=True)

    assert (axis.position(axis.low), axis.position(axis.high)) == pytest.approx((400, 100))
    assert axis.position(10.0) == pytest.approx(250)
