"""What marshmallow says of a value, in the style of our own errors."""

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from service.api.http.wording import reword


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (fields.String(validate=validate.OneOf(["onnx", "python"])), "pmml", "must be one of onnx, python"),
        (fields.String(validate=validate.OneOf([",", "."])), "x", "must be one of ,, ."),
        (fields.Integer(validate=validate.Range(min=1)), 0, "must be at least 1"),
        (fields.Integer(validate=validate.Range(max=5)), 6, "must be at most 5"),
        (fields.Integer(validate=validate.Range(1, 5)), 6, "must be between 1 and 5"),
        (fields.Float(validate=validate.Range(0.5, 1.5)), 2, "must be between 0.5 and 1.5"),
        (fields.String(validate=validate.Length(min=1)), "", "must have a length of at least 1"),
        (fields.String(validate=validate.Length(max=2)), "abc", "must have a length of at most 2"),
        (fields.String(validate=validate.Length(1, 2)), "abc", "must have a length between 1 and 2"),
        (fields.String(validate=validate.Length(equal=1)), "abc", "must have a length of 1"),
        (fields.String(), 1, "must be a text"),
        (fields.Integer(), "x", "must be a whole number"),
        (fields.Float(), "x", "must be a number"),
        (fields.Boolean(), "x", "must be true or false"),
        (fields.List(fields.String()), "x", "must be a list"),
        (fields.Dict(), "x", "must be an object"),
        (fields.Nested(Schema()), None, "must not be null"),
        (fields.String(required=True), ..., "is required"),
        (fields.String(validate=validate.OneOf(["a"], error="must be our own")), "b", "must be our own"),
    ],
)
def test_every_message_completes_the_sentence_the_field(field, value, message):
    with pytest.raises(ValidationError) as caught:
        Schema.from_dict({"x": field})().load({} if value is ... else {"x": value})
    assert [reword(found) for found in caught.value.messages_dict["x"]] == [message]
