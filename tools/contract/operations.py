"""Which operations of a new OpenAPI document break clients of the old one."""

from __future__ import annotations

from collections.abc import Iterator

from tools.contract.schemas import Json, SchemaComparison, resolved


def breaks(old: Json, new: Json) -> list[str]:
    """Every break once, in the order of the old document."""
    return list(dict.fromkeys(DocumentComparison(old, new).breaks()))


class DocumentComparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        self._schemas = SchemaComparison(old, new)

    def breaks(self) -> Iterator[str]:
        later = dict(operations(self._new))
        for name, operation in operations(self._old):
            if name in later:
                yield from self._operation(operation, later[name], name)
            else:
                yield f"{name}: operation is removed"

    def _operation(self, old: Json, new: Json, name: str) -> Iterator[str]:
        if old.get("operationId") not in (None, new.get("operationId")):
            yield f"{name}: operationId is now {new.get('operationId')}"
        yield from self._parameters(old, new, name)
        yield from self._body(old.get("requestBody", {}), new.get("requestBody", {}), name)
        yield from self._answers(old["responses"], new["responses"], name)
        yield from self._callbacks(old.get("callbacks", {}), new.get("callbacks", {}), name)

    def _parameters(self, old: Json, new: Json, name: str) -> Iterator[str]:
        before, after = parameters(self._old, old), parameters(self._new, new)
        for key, parameter in before.items():
            if key in after:
                before_schema = never_null(parameter["schema"])
                yield from self._schemas.of_request(before_schema, after[key]["schema"], f"{name} {key}")
            else:
                yield f"{name} {key}: parameter is removed"
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{name} {key}: parameter is now required"

    def _body(self, old: Json, new: Json, name: str) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{name} body: is now required"
        sent = new.get("content", {})
        for media_type, content in old.get("content", {}).items():
            if media_type in sent:
                yield from self._schemas.of_request(content["schema"], sent[media_type]["schema"], f"{name} body")
            else:
                yield f"{name} body: no longer accepts {media_type}"

    def _answers(self, old: Json, new: Json, name: str) -> Iterator[str]:
        for status, answer in old.items():
            if status in new:
                before, after = resolved(self._old, answer), resolved(self._new, new[status])
                yield from self._answer(before, after, f"{name} {status}")
            elif status.startswith("2"):
                yield f"{name}: no longer answers with {status}"

    def _answer(self, old: Json, new: Json, name: str) -> Iterator[str]:
        kept = new.get("headers", {})
        yield from (f"{name}: header {header} is removed" for header in old.get("headers", {}) if header not in kept)
        sent = new.get("content", {})
        for media_type, content in old.get("content", {}).items():
            if media_type in sent:
                yield from self._schemas.of_answer(content["schema"], sent[media_type]["schema"], name)
            else:
                yield f"{name}: no longer answers in {media_type}"

    def _callbacks(self, old: Json, new: Json, name: str) -> Iterator[str]:
        """What the service sends by itself is compared like an answer."""
        for event, addresses in old.items():
            for address, item in addresses.items():
                if address not in new.get(event, {}):
                    yield f"{name} callback {event}: is removed"
                    continue
                before, after = (item["post"]["requestBody"] for item in (item, new[event][address]))
                yield from self._answer(before, after, f"{name} callback {event}")


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Each operation by method and path, with the parameters of its path."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method != "parameters":
                parameters = [*shared, *operation.get("parameters", [])]
                yield f"{method.upper()} {path}", {**operation, "parameters": parameters}


def parameters(document: Json, operation: Json) -> dict[str, Json]:
    found = (resolved(document, parameter) for parameter in operation["parameters"])
    return {f"{parameter['in']} {parameter['name']}": parameter for parameter in found}


def never_null(schema: Json) -> Json:
    """The schema of an argument, which no URL can give a null for."""
    if isinstance(schema.get("type"), list):
        return {**schema, "type": [name for name in schema["type"] if name != "null"]}
    return schema
