"""What the OpenAPI document is made into, so that generated clients compile and read well."""

import pytest

from service.api.document.finish import finished
from service.api.document.named import camel, singular

NAME = {"type": "string", "enum": ["relu", "elu"], "title": "ActivationName"}
RELU = {
    "type": "object",
    "properties": {"type": {"const": "relu"}},
    "required": ["type"],
    "additionalProperties": False,
}
ELU = {
    "type": "object",
    "properties": {"type": {"const": "elu"}, "alpha": {"type": "number", "default": 1.0}},
    "required": ["type"],
    "additionalProperties": False,
}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def document(schemas, request=None, answer=None, parameters=()):
    """One operation that takes and gives these schemas."""
    operation = {
        "operationId": "makeThing",
        "parameters": list(parameters),
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": answer or {}}}}},
    }
    if request is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": request}}}
    return {"paths": {"/things": {"post": operation}}, "components": {"schemas": schemas, "responses": {}}}


def schemas_of(*args, **kwargs):
    return finished(document(*args, **kwargs))["components"]["schemas"]


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "number"}], "default": "a"}, 'Default: `"a"`.'),
        ({**ref("Thing"), "default": {"type": "sgd"}, "description": "how"}, 'how. Default: `{"type": "sgd"}`.'),
        ({"type": "array", "items": {}, "default": [], "description": "Tags."}, "Tags. Default: `[]`."),
    ],
)
def test_a_default_that_is_no_plain_value_is_told_in_words(schema, told):
    body = {"type": "object", "properties": {"field": schema}}
    field = schemas_of({"Body": body, "Thing": {"type": "string"}}, ref("Body"))["Body"]["properties"]["field"]
    assert "default" not in field and field["description"] == told


def test_a_plain_default_stays():
    body = {"type": "object", "properties": {"epochs": {"type": "integer", "default": 3}}}
    assert schemas_of({"Body": body}, ref("Body"))["Body"] == body


def test_inner_objects_get_names_from_their_fields_or_titles_and_equal_ones_share_a_name():
    point = {"type": "object", "properties": {"x": {"type": "number"}}}
    table = {"type": "object", "title": "PlainRows", "properties": {"inputs": {"type": "array"}}}
    dataset = {
        "type": "object",
        "properties": {"columns": {"type": "array", "items": point}, "first": point, "data": {"anyOf": [table]}},
    }
    schemas = schemas_of({"Dataset": dataset}, answer=ref("Dataset"))
    assert set(schemas) == {"Dataset", "DatasetColumn", "PlainRows"}
    fields = schemas["Dataset"]["properties"]
    assert fields["columns"]["items"] == fields["first"] == ref("DatasetColumn")
    assert fields["data"]["anyOf"] == [ref("PlainRows")]


def test_an_inner_object_that_equals_a_component_is_that_component():
    rule = {"type": "object", "properties": {"metric": {"type": "string"}}}
    rules = {"type": "object", "properties": {"best": {**rule, "title": "Rule"}, "other": ref("Rule")}}
    schemas = schemas_of({"Rules": rules, "Rule": rule}, answer=ref("Rules"))
    assert set(schemas) == {"Rules", "Rule"} and schemas["Rules"]["properties"]["best"] == ref("Rule")


def test_an_object_that_may_be_null_is_a_named_one_or_null():
    error = {"type": ["object", "null"], "properties": {"code": {"type": "string"}}, "description": "Why."}
    schemas = schemas_of({"Job": {"type": "object", "properties": {"error": error}}}, answer=ref("Job"))
    assert schemas["Job"]["properties"]["error"] == {
        "anyOf": [ref("JobError"), {"type": "null"}],
        "description": "Why.",
    }


def test_objects_of_a_union_are_told_apart_by_their_type_beside_a_bare_name():
    union = {"oneOf": [NAME, ref("Relu"), ref("Elu")]}
    schemas = schemas_of({"Activation": union, "Relu": RELU, "Elu": ELU}, ref("Activation"))
    assert schemas["Activation"] == {"oneOf": [ref("ActivationName"), ref("ActivationSpec")]}
    assert schemas["ActivationSpec"] == {
        "oneOf": [ref("Relu"), ref("Elu")],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"relu": ref("Relu")["$ref"], "elu": ref("Elu")["$ref"]},
        },
    }


def test_an_answer_writes_what_has_no_options_by_its_name_and_the_others_as_objects_open_to_new_fields():
    union = {"oneOf": [NAME, ref("Relu"), ref("Elu")]}
    schemas = schemas_of({"Activation": union, "Relu": RELU, "Elu": ELU}, ref("Activation"), ref("Activation"))
    assert schemas["ActivationResponse"] == {"anyOf": [{"type": "string", "enum": ["relu"]}, ref("EluResponse")]}
    assert "additionalProperties" not in schemas["EluResponse"]
    assert schemas["Elu"]["additionalProperties"] is False


def test_what_only_answers_hold_keeps_its_name_and_is_open():
    closed = {"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": False}
    schemas = schemas_of({"Job": closed}, answer=ref("Job"))
    assert schemas == {"Job": {"type": "object", "properties": {"id": {"type": "string"}}}}


def test_a_body_in_an_answer_is_the_very_body_that_is_sent():
    body = {"type": "object", "properties": {"a": ref("Elu")}, "additionalProperties": False}
    proposal = {"type": "object", "properties": {"network": ref("NetworkBody")}}
    schemas = {"NetworkBody": body, "Elu": ELU, "Proposal": proposal}
    assert schemas_of(schemas, ref("NetworkBody"), ref("Proposal")) == schemas


def test_no_argument_can_be_null_and_a_word_or_null_is_a_union_elsewhere():
    words = {"type": ["string", "null"], "enum": ["a", "b", None]}
    parameter = {"in": "query", "name": "kind", "schema": {**words, "default": None}}
    job = {"type": "object", "properties": {"kind": words}}
    made = finished(document({"Job": job}, answer=ref("Job"), parameters=[parameter]))
    [argument] = made["paths"]["/things"]["post"]["parameters"]
    assert argument["schema"] == {"type": "string", "enum": ["a", "b"]}
    kinds = made["components"]["schemas"]["Job"]["properties"]["kind"]["anyOf"]
    assert kinds == [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]


def test_a_word_among_the_alternatives_of_a_union_is_an_enumeration():
    union = {"anyOf": [{"type": "integer"}, {"const": "full"}]}
    schemas = schemas_of({"Body": {"type": "object", "properties": {"batch_size": union}}}, ref("Body"))
    alternatives = schemas["Body"]["properties"]["batch_size"]["anyOf"]
    assert alternatives == [{"type": "integer"}, {"type": "string", "enum": ["full"]}]


def test_components_that_nothing_refers_to_are_left_out():
    assert schemas_of({"Unused": RELU}) == {}


def test_the_declared_document_is_left_as_it_is():
    declared = document({"Body": {"type": "object", "properties": {"a": {**RELU, "default": {}}}}}, ref("Body"))
    copy = document({"Body": {"type": "object", "properties": {"a": {**RELU, "default": {}}}}}, ref("Body"))
    finished(declared)
    assert declared == copy


@pytest.mark.parametrize(
    ("name", "one"), [("DatasetColumns", "DatasetColumn"), ("Classes", "Class"), ("Status", "Status"), ("Loss", "Loss")]
)
def test_names_of_items(name, one):
    assert singular(name) == one


def test_names_of_fields():
    assert camel("top_k") == "TopK" and camel("drift_ended") == "DriftEnded"
