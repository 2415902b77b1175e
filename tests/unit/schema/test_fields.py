import json
import math
from dataclasses import FrozenInstanceError, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schema.fields import Choice, Nested, Registry, Spec, field
from service.schema.rules import Flag, Grid, Integer, Items, Number, OneOf, OrWord, Text, shown
from service.schema.validation import SpecError, ValidationIssue


@dataclass(frozen=True, kw_only=True)
class Shape(Spec):
    """Base of the table's entries."""


@dataclass(frozen=True, kw_only=True)
class Circle(Shape):
    name = "circle"
    radius: float = field(Number(above=0), default=1.0)


@dataclass(frozen=True, kw_only=True)
class Square(Shape):
    name = "square"
    side: float = field(Number(above=0))
    turned: bool = field(Flag(), default=False)


@dataclass(frozen=True, kw_only=True)
class Point(Shape):
    name = "point"


SHAPES: Registry[Shape] = Registry("shape", Circle, Square, Point)


@dataclass(frozen=True, kw_only=True)
class Frame(Spec):
    width: int = field(Integer(minimum=1, maximum=100))
    border: float | None = field(Number(minimum=0), default=None)


@dataclass(frozen=True, kw_only=True)
class Picture(Spec):
    title: str = field(Text(max_length=20))
    layers: tuple[Shape, ...] = field(Items(Choice(SHAPES), at_least=1, at_most=3))
    frame: Frame | None = field(Nested(Frame), default=None)
    size: int | str = field(OrWord(Integer(minimum=1), "full"), default="full")
    mood: str = field(OneOf(("calm", "bright")), default="calm")
    matrix: tuple[tuple[float, ...], ...] | None = field(Grid(2), default=None)

    def cross_check(self):
        if self.frame is not None and self.size == 1:
            yield ValidationIssue(("frame",), "must be left out at size 1")


PICTURE = {"title": "One", "layers": ["point"]}


def issues(read, value):
    with pytest.raises(SpecError) as rejected:
        read(value)
    return [str(issue) for issue in rejected.value.issues]


@pytest.mark.parametrize(
    ("rule", "value", "kept"),
    [
        (Integer(minimum=0), 0, 0),
        (Integer(), 10**400, 10**400),
        (Number(), 3, 3.0),
        (Number(minimum=0, below=1), 0, 0.0),
        (Flag(), False, False),
        (Text(3), "äöü", "äöü"),
        (OneOf(("a", "b")), "b", "b"),
        (OrWord(Integer(), "full"), "full", "full"),
        (OrWord(Integer(), "full"), 7, 7),
        (Items(Integer()), [], ()),
        (Items(Integer()), [1, 2], (1, 2)),
        (Grid(1), [1, 2.5], (1.0, 2.5)),
        (Grid(2), [[1], [2]], ((1.0,), (2.0,))),
    ],
)
def test_a_rule_returns_the_value_as_the_spec_keeps_it(rule, value, kept):
    read = rule.read(value)
    assert read == kept and type(read) is type(kept)


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        (Integer(), 1.0, "must be a whole number, got 1.0"),
        (Integer(), True, "must be a whole number, got true"),
        (Integer(), None, "must be a whole number, got null"),
        (Integer(minimum=1), 0, "must be at least 1, got 0"),
        (Integer(maximum=9), 10, "must be at most 9, got 10"),
        (Number(), "1", 'must be a number, got "1"'),
        (Number(), True, "must be a number, got true"),
        (Number(), math.nan, "must be a finite number"),
        (Number(), -math.inf, "must be a finite number"),
        (Number(), 10**400, "must be a finite number"),
        (Number(minimum=0, below=1), 1, "must be at least 0 and below 1, got 1"),
        (Number(above=0, maximum=1), 0, "must be above 0 and at most 1, got 0"),
        (Flag(), 0, "must be true or false, got 0"),
        (Text(3), "", 'must be a text, got ""'),
        (Text(3), 5, "must be a text, got 5"),
        (Text(3), "long", "must have at most 3 characters, got 4"),
        (OneOf(("a", "b")), "c", 'must be one of a, b; got "c"'),
        (OneOf(("a", "b")), ["a"], "must be one of a, b; got a list"),
        (OrWord(Integer(), "full"), "empty", 'must be "full" or a number, got "empty"'),
        (OrWord(Integer(minimum=1), "full"), 0, "must be at least 1, got 0"),
        (Items(Integer()), "12", 'must be a list, got "12"'),
        (Items(Integer()), {}, "must be a list, got an object"),
        (Items(Integer(), at_least=1), [], "must have at least 1 item, got 0"),
        (Items(Integer(), at_most=1), [1, 2], "must have at most 1 items, got 2"),
        (Grid(2), [[1, 2], [3]], "must have rows of equal length"),
        (Nested(Frame), 4, "must be an object, got 4"),
        (Choice(SHAPES), 4, "must be a shape name or an object with a type, got 4"),
        (Choice(SHAPES), Frame(width=1), "must be one of circle, square, point; got Frame"),
    ],
)
def test_a_rule_says_what_would_be_right(rule, value, message):
    assert issues(rule.read, value) == [message]


def test_every_issue_is_reported_at_once_with_its_place():
    bad = {
        "title": "",
        "layers": ["point", {"type": "circle", "radius": 0}, {"type": "square", "turned": 1}],
        "frame": {"width": 0, "border": -1, "colour": "red"},
        "matrix": [[1, None], [2, "x"]],
        "mod": "calm",
    }
    assert set(issues(Picture.from_json, bad)) == {
        'title: must be a text, got ""',
        "layers[1].radius: must be above 0, got 0",
        "layers[2].side: is required",
        "layers[2].turned: must be true or false, got 1",
        'frame.colour: unknown field "colour"; known: width, border',
        "frame.width: must be at least 1, got 0",
        "frame.border: must be at least 0, got -1",
        "matrix[0][1]: must be a number, got null",
        'matrix[1][1]: must be a number, got "x"',
        'mod: unknown field "mod"; did you mean "mood"? Known: title, layers, frame, size, mood, matrix',
    }


def test_python_and_json_are_held_to_the_same_rules():
    assert issues(lambda value: Circle(radius=value), -1) == issues(Circle.from_json, {"radius": -1})


@pytest.mark.parametrize("value", [[], "text", 3, None, True])
def test_a_spec_is_read_from_an_object_only(value):
    assert issues(Frame.from_json, value)[0].startswith("must be an object, got ")


def test_issues_between_fields_show_once_each_field_is_right():
    assert issues(Picture.from_json, PICTURE | {"size": 1, "frame": {"width": 3}}) == [
        "frame: must be left out at size 1"
    ]
    assert issues(Picture.from_json, PICTURE | {"size": 1, "frame": {"width": 0}}) == [
        "frame.width: must be at least 1, got 0"
    ]


def test_null_stands_where_a_field_is_optional_and_nowhere_else():
    assert Picture.from_json(PICTURE | {"frame": None}).frame is None
    assert issues(Picture.from_json, PICTURE | {"mood": None}) == ["mood: must be one of calm, bright; got null"]


def test_a_spec_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Circle().radius = 2.0


def test_an_entry_without_parameters_may_be_given_by_its_name():
    assert SHAPES.read("circle") == SHAPES.read({"type": "circle"}) == Circle(radius=1)


def test_an_entry_that_is_a_spec_already_is_kept():
    circle = Circle(radius=2)
    assert SHAPES.read(circle) is circle


@pytest.mark.parametrize(
    ("given", "issue"),
    [
        ("cirle", 'unknown shape "cirle"; did you mean "circle"? Known: circle, square, point'),
        ("hexagon", 'unknown shape "hexagon"; known: circle, square, point'),
        ("square", "is required"),
        ({"type": "cirle"}, 'type: unknown shape "cirle"; did you mean "circle"? Known: circle, square, point'),
        ({"type": ["circle"]}, "type: unknown shape a list; known: circle, square, point"),
        ({"radius": 1}, "type: is required; known: circle, square, point"),
        ({"type": "circle", "radios": 1}, 'radios: unknown field "radios"; did you mean "radius"? Known: radius'),
    ],
)
def test_a_table_points_at_what_is_wrong_and_offers_the_nearest_name(given, issue):
    assert issues(Choice(SHAPES).read, given) == [issue]


def test_a_table_lists_its_names_in_order():
    assert list(SHAPES) == ["circle", "square", "point"] and SHAPES["square"] is Square


def test_what_is_written_is_short_where_nothing_more_needs_saying():
    picture = Picture.from_json(PICTURE | {"layers": ["point", {"type": "circle"}]})
    assert picture.to_json() == {
        "title": "One",
        "layers": ["point", {"type": "circle", "radius": 1.0}],
        "frame": None,
        "size": "full",
        "mood": "calm",
        "matrix": None,
    }


positive = st.floats(min_value=1e-300, max_value=1e300)
shapes = st.one_of(
    st.builds(Circle, radius=positive),
    st.builds(Square, side=positive, turned=st.booleans()),
    st.just(Point()),
)
pictures = st.builds(
    Picture,
    title=st.text(min_size=1, max_size=20),
    layers=st.lists(shapes, min_size=1, max_size=3),
    frame=st.none() | st.builds(Frame, width=st.integers(1, 100), border=st.none() | st.floats(0, 10)),
    size=st.just("full") | st.integers(2, 10**9),
    mood=st.sampled_from(["calm", "bright"]),
    matrix=st.none() | st.lists(st.tuples(positive, positive), max_size=3),
)


@given(pictures)
def test_json_reads_back_to_an_equal_spec(picture):
    assert Picture.from_json(json.loads(json.dumps(picture.to_json()))) == picture


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(list(SHAPES)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "radius", "side", "width", "border"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*PICTURE, "frame", "size", "mood", "matrix", "other"]), anything))
def test_any_json_is_read_or_rejected_with_places_and_never_breaks(value):
    try:
        picture = Picture.from_json(value)
    except SpecError as rejected:
        assert rejected.issues and all(issue.path and issue.message for issue in rejected.issues)
    else:
        assert Picture.from_json(picture.to_json()) == picture


@pytest.mark.parametrize(
    ("path", "place"),
    [((), ""), (("layers", 1, "units"), "layers[1].units"), ((3, 1), "[3][1]"), (("inputs", 0, 2), "inputs[0][2]")],
)
def test_a_place_is_written_as_a_reader_writes_it(path, place):
    assert ValidationIssue(path, "is wrong").location == place


def test_an_issue_moves_under_the_place_of_its_holder():
    assert str(ValidationIssue(("units",), "is wrong").under("layers", 1)) == "layers[1].units: is wrong"


@pytest.mark.parametrize(
    ("value", "text"),
    [("x" * 99, '"' + "x" * 56 + "…"), (None, "null"), (1.5, "1.5")],
)
def test_an_error_quotes_a_value_briefly(value, text):
    assert shown(value) == text


def test_an_error_does_not_print_a_number_too_long_to_print():
    assert shown(10**5000) == "a very large number"
