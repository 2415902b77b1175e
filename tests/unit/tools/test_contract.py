"""Which changes of the OpenAPI document count as breaks, on made-up documents; and the service's own document."""

import pytest

from tools.contract import releases
from tools.contract.operations import breaks

TEXT, NUMBER, WHOLE, NULL = ({"type": name} for name in ("string", "number", "integer", "null"))


def thing(properties, *required, **others):
    return {"type": "object", "properties": properties, "required": list(required), **others}


def closed(properties, *required):
    return thing(properties, *required, additionalProperties=False)


def document(*, body=TEXT, answer=TEXT, parameters=(), schemas=None, **operation):
    described = {
        "operationId": "makeThing",
        "parameters": list(parameters),
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
    }
    return {"paths": {"/things": {"post": {**described, **operation}}}, "components": {"schemas": schemas or {}}}


def argument(name="limit", schema=WHOLE, **others):
    return {"in": "query", "name": name, "schema": schema, **others}


def component(name):
    return {"$ref": f"#/components/schemas/{name}"}


DENSE = closed({"type": {"const": "dense"}, "units": WHOLE}, "type")
DROPOUT = closed({"type": {"const": "dropout"}, "rate": NUMBER}, "type")
DENSE_WITHOUT_UNITS = closed({"type": {"const": "dense"}}, "type")
DEFAULTED = closed({"a": {**NUMBER, "default": 1, "description": "old words"}})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TEXT, NUMBER, ": no longer accepts string"),
        (NUMBER, WHOLE, ": no longer accepts number"),
        ({"type": ["string", "null"]}, TEXT, ": no longer accepts null"),
        ({"anyOf": [TEXT, NUMBER]}, NUMBER, ": no longer accepts string"),
        ({}, TEXT, ": no longer accepts any"),
        (TEXT, {"enum": ["a", "b"]}, ": accepts only ['a', 'b'] now"),
        ({"enum": ["a", "b"]}, {"const": "a"}, ": no longer accepts 'b'"),
        ({**WHOLE, "maximum": 9}, {**WHOLE, "maximum": 8}, ": maximum is now 8"),
        (NUMBER, {**NUMBER, "minimum": 0}, ": minimum is now 0"),
        ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, ": pattern is now b"),
        (closed({"a": TEXT}), closed({}), ".a: field is removed"),
        (closed({}), closed({"a": TEXT}, "a"), ".a: field is now required"),
        (closed({"a": TEXT}), closed({"a": TEXT}, "a"), ".a: field is now required"),
        (thing({}), closed({}), ": now rejects fields that are not listed"),
        (closed({"a": closed({"b": TEXT})}), closed({"a": closed({"b": NUMBER})}), ".a.b: no longer accepts string"),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": NUMBER}, "[]: no longer accepts string"),
        ({"oneOf": [DENSE, DROPOUT]}, {"oneOf": [DENSE]}, ": no longer accepts an object of type 'dropout'"),
        ({"oneOf": [DENSE, DROPOUT]}, {"oneOf": [DROPOUT, DENSE_WITHOUT_UNITS]}, ".units: field is removed"),
    ],
)
def test_a_request_that_was_accepted_and_no_longer_is_breaks_clients(old, new, expected):
    assert breaks(document(body=old), document(body=new)) == [f"POST /things body{expected}"]
    if "null" in expected:  # No argument of a URL can be null.
        return
    named = [argument(schema=old)], [argument(schema=new)]
    assert breaks(*(document(parameters=list_) for list_ in named)) == [f"POST /things query limit{expected}"]


def test_an_argument_that_is_no_longer_null_breaks_nothing_for_none_could_be():
    named = [argument(schema={"type": ["string", "null"]})], [argument(schema=TEXT)]
    assert breaks(*(document(parameters=list_) for list_ in named)) == []


def test_an_object_that_may_be_null_may_become_a_union_of_both():
    nullable = {"type": ["object", "null"], "properties": {"a": TEXT}}
    union = {"anyOf": [thing({"a": TEXT}), {"type": "null"}]}
    assert breaks(document(answer=nullable), document(answer=union)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WHOLE, NUMBER),
        (TEXT, {"anyOf": [TEXT, NULL]}),
        (TEXT, {}),
        ({"const": "a"}, {"enum": ["a", "b"]}),
        ({**WHOLE, "maximum": 9}, {**WHOLE, "maximum": 10}),
        (closed({}), closed({"a": TEXT})),
        (closed({"a": TEXT}, "a"), closed({"a": TEXT})),
        (DEFAULTED, closed({"a": {**NUMBER, "default": 2, "description": "new words"}})),
        ({"oneOf": [DENSE]}, {"oneOf": [DROPOUT, DENSE]}),
    ],
)
def test_a_request_may_say_more_than_before(old, new):
    assert breaks(document(body=old), document(body=new)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (thing({"a": TEXT}), thing({}), ".a: field is removed"),
        (thing({"a": TEXT}, "a"), thing({"a": TEXT}), ".a: field may now be missing"),
        (thing({"a": TEXT}), thing({"a": {"type": ["string", "null"]}}), ".a: may now be null"),
        (thing({"a": WHOLE}), thing({"a": NUMBER}), ".a: may now be number"),
        (thing({"a": TEXT}), thing({"a": {}}), ".a: may now be any"),
        (
            {"type": "array", "items": thing({"a": TEXT})},
            {"type": "array", "items": thing({})},
            "[].a: field is removed",
        ),
        ({"oneOf": [DENSE]}, {"oneOf": [DROPOUT, DENSE_WITHOUT_UNITS]}, ".units: field is removed"),
    ],
)
def test_an_answer_that_lacks_what_was_promised_breaks_clients(old, new, expected):
    assert breaks(document(answer=old), document(answer=new)) == [f"POST /things 200{expected}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (closed({"a": TEXT}, "a"), closed({"a": TEXT, "b": TEXT}, "a", "b")),
        (NUMBER, WHOLE),
        ({"type": ["string", "null"]}, TEXT),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}),
        ({"oneOf": [DENSE]}, {"oneOf": [DENSE, DROPOUT]}),
        ({}, TEXT),
    ],
)
def test_an_answer_may_bring_more_than_before(old, new):
    assert breaks(document(answer=old), document(answer=new)) == []


JSON = {"application/json": {"schema": TEXT}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"operationId": "createThing"}, ": operationId is now createThing"),
        ({}, {"requestBody": {"required": True, "content": JSON}}, " body: is now required"),
        ({}, {"requestBody": {"content": {}}}, " body: no longer accepts application/json"),
        ({}, {"responses": {"201": {"content": JSON}}}, ": no longer answers with 200"),
        ({}, {"responses": {"200": {"content": {}}}}, " 200: no longer answers in application/json"),
        ({"parameters": [argument()]}, {}, " query limit: parameter is removed"),
        ({}, {"parameters": [argument(required=True)]}, " query limit: parameter is now required"),
        (
            {"responses": {"200": {"headers": {"Location": {}}}}},
            {"responses": {"200": {}}},
            " 200: header Location is removed",
        ),
        (
            {"callbacks": {"ended": {"{url}": {"post": {"requestBody": {"content": {"text": {"schema": TEXT}}}}}}}},
            {"callbacks": {"ended": {"{url}": {"post": {"requestBody": {"content": {"text": {"schema": {}}}}}}}}},
            " callback ended: may now be any",
        ),
    ],
)
def test_an_operation_that_changes_its_shape_breaks_clients(old, new, expected):
    assert breaks(document(**old), document(**new)) == [f"POST /things{expected}"]


def test_a_removed_operation_breaks_clients_and_a_new_one_does_not():
    old, new = document(), document()
    new["paths"]["/others"] = new["paths"].pop("/things")
    assert breaks(old, new) == ["POST /things: operation is removed"]


def test_a_named_schema_is_reported_once_by_its_name_and_may_hold_itself():
    def recursive(inner):
        return {"Layer": closed({"inner": {"type": "array", "items": component("Layer")}, "x": inner})}

    old, new = (document(body=component("Layer"), schemas=recursive(inner)) for inner in (TEXT, NUMBER))
    old["paths"]["/others"], new["paths"]["/others"] = old["paths"]["/things"], new["paths"]["/things"]
    assert breaks(old, new) == ["request Layer.x: no longer accepts string"]


BREAK = "POST /things: operation is removed"
CHANGES = "## [Unreleased]\n\n### Changed\n\n- `POST /things` is gone; use\n  `POST /others`.\n"


def test_an_intended_break_stands_below_its_changelog_line():
    intended = f"# `POST /things` is gone; use `POST /others`.\n{BREAK}\n"
    assert releases.compared([BREAK], intended, CHANGES) == []
    assert releases.compared([BREAK], "", CHANGES) == [f"breaks clients of the last release: {BREAK}"]
    assert releases.compared([], intended, CHANGES) == [f"docs/breaking.txt lists what breaks nothing: {BREAK}"]
    unquoted = "docs/breaking.txt: each break stands below its CHANGELOG line"
    assert releases.compared([BREAK], BREAK, CHANGES) == [unquoted]
    [fault] = releases.compared([BREAK], f"# Nobody wrote this.\n{BREAK}", CHANGES)
    assert fault == "docs/breaking.txt quotes no line of CHANGELOG.md: Nobody wrote this."


def test_the_last_release_is_the_one_with_the_highest_version(tmp_path, monkeypatch):
    monkeypatch.setattr(releases, "RELEASES", tmp_path)
    for version in ("0.9.0", "0.10.0", "0.2.11"):
        (tmp_path / f"openapi-{version}.json").touch()
    assert releases.last_release().name == "openapi-0.10.0.json"


def test_the_committed_document_breaks_no_client_of_the_last_release_without_saying_so():
    assert releases.faults() == [], "see `docs/breaking.txt`"
