"""The engine's rules and tables as JSON Schema and as marshmallow fields: nothing here is known twice.

The engine is the validator of what it is given. These fields hand values on untouched (large weight matrices are never
walked twice) and only say in the documentation what the engine's own rules say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass
from functools import singledispatchmethod
from typing import Any

from apispec import APISpec
from marshmallow import fields

from service.api.http.fields import Plain, PlainObject
from service.data.preprocessing.entries import MAX_NAME, ColumnName, NamedChoice, OneOrMore
from service.schema import rules
from service.schema.fields import Choice, Nested, Registry, Spec, spec_fields, write_value
from service.schema.rules import Rule

Json = dict[str, Any]


@dataclass(frozen=True)
class AnySpec(Rule):
    """Documents an object of one of several specs, written before."""

    specs: tuple[type[Spec], ...]

    def read(self, value: Any) -> Any:
        return value


class EngineField(fields.Field[Any]):
    """One field of a spec, passed on as it is and documented by its rule."""

    def __init__(self, declared: Field[Any], **kwargs: Any) -> None:
        self.declared = declared
        super().__init__(required=is_required(declared), allow_none=declared.default is None, **kwargs)


def engine_fields(spec: type[Spec], *, attribute: str | None = None, **kwargs: Any) -> dict[str, Any]:
    """One marshmallow field for each field of a spec, to build a schema with.

    `attribute` says where in a record the written spec stands: ``"spec"`` reads ``record.spec["loss"]``.
    """
    return {
        item.name: EngineField(item, attribute=f"{attribute}.{item.name}" if attribute else None, **kwargs)
        for item in spec_fields(spec)
    }


def spec_schema(spec: type[Spec]) -> Json:
    """The JSON Schema of a spec none of whose fields needs a component of its own."""
    schema = Documentation(APISpec(title="", version="", openapi_version="3.1.0")).spec(spec)
    return {**schema, "title": spec.__name__}


def is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


class Documentation:
    """Writes JSON Schema for rules; specs and tables become named components of the OpenAPI document."""

    def __init__(self, document: APISpec) -> None:
        self._document = document
        self._known: set[str] = set()

    def install(self, converter: Any) -> None:
        """Let apispec's marshmallow plugin ask here how to document the engine's fields."""

        def documented(_: Any, field: fields.Field[Any], **kwargs: Any) -> Json:
            if isinstance(field, EngineField):
                return self.field(field.declared)
            return field.json_schema if isinstance(field, Plain | PlainObject) else {}

        converter.add_attribute_function(documented)

    def field(self, item: Field[Any]) -> Json:
        schema = self.rule(item.metadata["rule"])
        if item.default is None:
            schema = nullable(schema)
        elif item.default is not MISSING:
            schema = {**schema, "default": write_value(item, item.default)}
        help = item.metadata["help"]
        return {**schema, "description": help} if help else schema

    @singledispatchmethod
    def rule(self, rule: Rule) -> Json:
        raise TypeError(f"no JSON Schema is known for {type(rule).__name__}")

    @rule.register
    def _(self, rule: rules.Anything) -> Json:
        return {}

    @rule.register
    def _(self, rule: rules.Integer) -> Json:
        return given({"type": "integer", "minimum": rule.minimum, "maximum": rule.maximum})

    @rule.register
    def _(self, rule: rules.Number) -> Json:
        limits = {"minimum": rule.minimum, "maximum": rule.maximum}
        return given({"type": "number", **limits, "exclusiveMinimum": rule.above, "exclusiveMaximum": rule.below})

    @rule.register
    def _(self, rule: rules.Flag) -> Json:
        return {"type": "boolean"}

    @rule.register
    def _(self, rule: rules.Text) -> Json:
        return {"type": "string", "minLength": 1, "maxLength": rule.max_length}

    @rule.register
    def _(self, rule: rules.OneOf) -> Json:
        return {"type": "string", "enum": list(rule.words)}

    @rule.register
    def _(self, rule: rules.OrWord) -> Json:
        return {"anyOf": [self.rule(rule.rule), {"const": rule.word}]}

    @rule.register
    def _(self, rule: rules.OrItems) -> Json:
        return {"anyOf": [self.rule(rule.rule), self.rule(rule.items)]}

    @rule.register
    def _(self, rule: rules.OrNull) -> Json:
        return {"anyOf": [self.rule(rule.rule), {"type": "null"}]}

    @rule.register
    def _(self, rule: rules.Items) -> Json:
        limits = {"minItems": rule.at_least or None, "maxItems": rule.at_most}
        return given({"type": "array", "items": self.rule(rule.rule), **limits})

    @rule.register
    def _(self, rule: rules.Grid) -> Json:
        schema: Json = {"type": "number"}
        for _ in range(rule.dimensions):
            schema = {"type": "array", "items": schema}
        return schema

    @rule.register
    def _(self, rule: Choice) -> Json:
        return self.table(rule.table)

    @rule.register
    def _(self, rule: Nested) -> Json:
        return self.component(camel(rule.spec.__name__), lambda: self.spec(rule.spec))

    @rule.register
    def _(self, rule: AnySpec) -> Json:
        return {"anyOf": [self.rule(Nested(spec)) for spec in rule.specs]}

    @rule.register
    def _(self, rule: ColumnName) -> Json:
        return {"type": "string", "minLength": 1, "maxLength": rule.max_length, "pattern": "^[^\\u0000]*$"}

    @rule.register
    def _(self, rule: OneOrMore) -> Json:
        item = self.rule(rule.rule)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}

    @rule.register
    def _(self, rule: NamedChoice) -> Json:
        """Each entry of the table as an object with a name."""
        return self.component(camel(rule.table.kind), lambda: {"oneOf": [*self._named_entries(rule.table)]})

    def _named_entries(self, table: Registry[Any]) -> Iterator[Json]:
        for name in table:
            schema = self.spec(table[name])
            named = {"name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME}, **schema["properties"]}
            yield {
                **schema,
                "title": camel(f"{name} {table.kind}"),
                "properties": named,
                "required": ["name", *schema["required"]],
            }

    def table(self, table: Registry[Any]) -> Json:
        """Any entry of a table: as a bare name where nothing in it is required, or as an object with a type."""
        return self.component(camel(table.kind), lambda: {"oneOf": [*self._bare(table), *self._entries(table)]})

    def _bare(self, table: Registry[Any]) -> list[Json]:
        names = [name for name in table if not any(map(is_required, spec_fields(table[name])))]
        return [{"type": "string", "enum": names, "title": camel(f"{table.kind} name")}] if names else []

    def _entries(self, table: Registry[Any]) -> list[Json]:
        return [
            self.component(camel(f"{table.kind} {name}"), lambda entry=table[name]: self.spec(entry)) for name in table
        ]

    def spec(self, spec: type[Spec]) -> Json:
        """A spec as an object; a named one is identified by its `type`."""
        kind = {"type": {"const": spec.name}} if spec.name else {}
        required = [*kind, *(item.name for item in spec_fields(spec) if is_required(item))]
        properties = {**kind, **{item.name: self.field(item) for item in spec_fields(spec)}}
        schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**schema, **({"required": required} if required else {}), **described(spec)}

    def component(self, name: str, make: Any) -> Json:
        """A reference to a named schema. The name counts as known before it is made: a layer may hold layers."""
        if name not in self._known:
            self._known.add(name)
            self._document.components.schema(name, make())
        return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def given(schema: Mapping[str, Any]) -> Json:
    return {key: value for key, value in schema.items() if value is not None}


def camel(text: str) -> str:
    words = text.replace("_", " ").split()
    return "".join(word[0].upper() + word[1:] for word in words)


def described(spec: type[Spec]) -> Json:
    help = " ".join((spec.__doc__ or "").partition("\n\n")[0].split())
    own = "" if help.startswith(f"{spec.__name__}(") else help  # a dataclass without a docstring shows its signature
    parts = [own, spec.formula, spec.source]
    text = ". ".join(part.rstrip(".") for part in parts if part)
    return {"description": f"{text}."} if text else {}
