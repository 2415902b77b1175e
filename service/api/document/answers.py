"""Answers apart from requests: a client takes fields that it does not know, the service does not."""

from __future__ import annotations

from service.api.document.schemas import (
    Json,
    children,
    everywhere,
    in_operations,
    name_of,
    names_below,
    operations,
    reachable,
    reference,
    with_components,
    with_schemas,
)
from service.api.document.unions import choice_of, union_by_type

SUFFIX = "Response"


def apart(document: Json) -> Json:
    """Give answers schemas of their own wherever requests use the same ones, and write what they always hold."""
    return Answers(document).document()


def opened(document: Json) -> Json:
    """Let answers have further fields one day, without a break: what generated clients accept, too."""
    schemas = document["components"]["schemas"]
    answered = reachable(schemas, names_below(answered_parts(document)), is_body)
    asked = reachable(schemas, names_below(asked_parts(document)))
    new = {
        name: everywhere(schema, without_end) if name in answered - asked else schema
        for name, schema in schemas.items()
    }
    return with_components(document, new)


def without_end(schema: Json) -> Json:
    if schema.get("additionalProperties") is False:
        return {key: value for key, value in schema.items() if key != "additionalProperties"}
    return schema


class Answers:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._schemas: dict[str, Json] = document["components"]["schemas"]
        self._asked = reachable(self._schemas, names_below(asked_parts(document)))
        self._answered = reachable(self._schemas, names_below(answered_parts(document)), is_body)
        self._twins = {name: name + SUFFIX for name in sorted(self._asked & self._answered) if self._differs(name)}

    def document(self) -> Json:
        schemas = {
            name: self._answer(schema) if name in self._answered - self._asked else schema
            for name, schema in self._schemas.items()
        }
        schemas |= {twin: self._twin(self._schemas[name]) for name, twin in self._twins.items()}
        components = {**with_schemas(self._document["components"], self._answer), "schemas": schemas}
        return {**in_operations(self._document, self._operation), "components": components}

    def _operation(self, operation: Json) -> Json:
        answered = [key for key in ("responses", "callbacks") if key in operation]
        return {**operation, **{key: with_schemas(operation[key], self._answer) for key in answered}}

    def _twin(self, schema: Json) -> Json:
        """As an answer writes what a request may write in two ways."""
        choice = choice_of(schema, self._schemas)
        if choice is None:
            return self._answer(schema)
        objects = union_by_type({self._twins.get(inner, inner): kind for kind, inner in choice.objects.items()})
        names = {"type": "string", "enum": choice.words}
        if not choice.words:
            return objects
        if len(choice.objects) == 1:
            return {"anyOf": [names, *objects["oneOf"]]}
        return {"anyOf": [names, objects]} if choice.objects else names

    def _answer(self, schema: Json) -> Json:
        return everywhere(schema, self._redirected)

    def _redirected(self, schema: Json) -> Json:
        """A schema that refers to what answers hold."""
        name = name_of(schema)
        if name is not None:
            return {**schema, **reference(self._twins.get(name, name))}
        if "discriminator" not in schema:
            return schema
        mapping = schema["discriminator"]["mapping"]
        there = {kind: self._redirected({"$ref": target})["$ref"] for kind, target in mapping.items()}
        return {**schema, "discriminator": {"propertyName": "type", "mapping": there}}

    def _differs(self, name: str) -> bool:
        """Whether a component, or any that it refers to, rejects fields or may be a bare name."""
        return any(
            is_closed(self._schemas[inner]) or choice_of(self._schemas[inner], self._schemas)
            for inner in reachable(self._schemas, [name])
        )


def is_body(name: str) -> bool:
    """Whether a component is what an operation takes: an answer that holds it is to be sent as it is."""
    return name.endswith("Body")


def is_closed(schema: Json) -> bool:
    """Whether a schema, or any inside it, rejects fields that it does not name."""
    return schema.get("additionalProperties") is False or any(map(is_closed, children(schema)))


def asked_parts(document: Json) -> list[Json]:
    """What clients send."""
    return [{key: operation.get(key) for key in ("parameters", "requestBody")} for operation in operations(document)]


def answered_parts(document: Json) -> list[Json]:
    """What the service sends: answers, problems, and the messages of callbacks."""
    answered = [{key: operation.get(key) for key in ("responses", "callbacks")} for operation in operations(document)]
    return [*answered, document["components"].get("responses", {})]
