"""Attaches recorded requests and answers to the operations of a document: `examples/<operationId>.json`.

A test plays all of them against the service, in order, and holds its answers to those recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.api.document.schemas import Json
from service.api.http.problems import example_of

FOLDER = Path(__file__).parent / "examples"


def exemplified(document: Json) -> Json:
    """A document with an example for every argument, body and answer that was recorded, and every problem."""
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                _attach(operation, [*item.get("parameters", []), *operation.get("parameters", [])])
    for name, response in document["components"].get("responses", {}).items():
        for content in response.get("content", {}).values():
            content["example"] = example_of(name)
    return document


def recorded(operation_id: str) -> list[Json]:
    """The cases of an operation, in the order of the story."""
    path = FOLDER / f"{operation_id}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _attach(operation: Json, parameters: list[Json]) -> None:
    cases = recorded(operation["operationId"])
    for parameter in parameters:
        given = [value for case in cases if (value := _argument(case, parameter, parameters)) is not None]
        if given:
            parameter["example"] = given[0]
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        _put(content, [(case, case["body"]) for case in cases if case.get("media_type") == media_type])
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            _put(content, list(_answers(cases, status, media_type)))


def _answers(cases: list[Json], status: str, media_type: str) -> Iterator[tuple[Json, Any]]:
    for case in cases:
        if str(case["status"]) == status and case.get("answer_type") == media_type:
            yield case, case["answer"]


def _put(content: Json, values: list[tuple[Json, Any]]) -> None:
    """One example, or several under the names of their cases."""
    if len(values) == 1:
        content["example"] = values[0][1]
    elif values:
        content["examples"] = {case["name"]: {"summary": case["summary"], "value": value} for case, value in values}


def _argument(case: Json, parameter: Json, parameters: list[Json]) -> Any:
    given: Json = case.get(parameter["in"], {})
    if parameter["in"] == "query" and parameter["schema"].get("type") == "object":
        known = {other["name"] for other in parameters}
        return {name: value for name, value in given.items() if name not in known} or None
    return _typed(given.get(parameter["name"]), parameter["schema"])


def _typed(value: Any, schema: Json) -> Any:
    """An argument as its schema has it; in a URL, all is text."""
    if value is not None and schema.get("type") == "array" and not isinstance(value, list):
        return [value]
    return value == "true" if schema.get("type") == "boolean" and value is not None else value
