"""The one module that touches flask-smorest's hooks: strict reading, and problems in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from inspect import unwrap
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import flask_smorest
from flask import Flask, Request, Response, after_this_request, current_app, request
from flask_smorest.utils import prepare_response
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from service.api.access.rules import needed
from service.api.http import dialects, problems
from service.api.http.bodies import read_body
from service.api.http.json_provider import decode
from service.api.http.schema_docs import Documentation
from service.api.http.wording import reword
from service.errors import FieldError, Invalid
from service.schema.rules import unknown

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Gives a view back with the type it had."""

    def __call__(self, view: View, /) -> View: ...


#: Documents the header that locates a created resource.
LOCATION = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
IGNORED_FIELDS = "Ignored-Fields"
#: Documents the header that names what of a body was ignored, as a list of RFC 9651.
IGNORED = {
    IGNORED_FIELDS: {
        "schema": {"type": "string"},
        "description": "The fields of the body that only answers have: they were ignored.",
    }
}
#: What is not JSON has no schema to be held to.
TEXT = {"type": "string"}
FILE = {**TEXT, "format": "binary"}
#: How a request may bring its key, by the name that operations refer to.
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, `ff_…`."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}


class StrictParser(FlaskParser):
    """Reads JSON only from JSON, and rejects unknown fields and arguments."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = read_body()
        if not body and getattr(schema, "is_optional", False):
            return {}
        if not req.is_json:
            if not body and not req.mimetype:
                raise BadRequest("A JSON body is needed, and there is none.")
            raise UnsupportedMediaType("The body must be JSON, sent with Content-Type: application/json.")
        return ignoring_read_only(decode(body), schema)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        lists = {name for name, field in schema.fields.items() if isinstance(field, fields.List)}
        repeated = [name for name, values in req.args.lists() if len(values) > 1 and name not in lists]
        if repeated:
            raise ValidationError({name: ["must be given once"] for name in repeated})
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **kwargs: Any) -> NoReturn:
        [(location, messages)] = error.normalized_messages().items()  # type: ignore[no-untyped-call]
        kind = problems.InvalidQuery if location == "query" else Invalid
        raise kind(fields=list(issues(messages, schema, "argument" if location == "query" else "field"))) from None


def ignoring_read_only(body: Any, schema: Schema) -> Any:
    """A body without the fields that only answers have. The answer names them: nothing is left out in silence."""
    if isinstance(body, dict) and len(schema.fields) > len(schema.load_fields):
        ignored = [name for name in body if name in schema.fields and name not in schema.load_fields]
        for name in ignored:
            del body[name]
        tell_ignored(ignored)
    return body


def tell_ignored(names: Sequence[str]) -> None:
    """Name fields of the request's body in the header of its answer, whatever that will be."""
    if not names:
        return

    @after_this_request
    def tell(response: Response) -> Response:
        response.headers.add(IGNORED_FIELDS, ", ".join(names))
        return response


def issues(messages: Any, schema: Schema | None, kind: str, path: tuple[str | int, ...] = ()) -> Iterator[FieldError]:
    """Flatten marshmallow's nested messages, and say for what is unknown what was perhaps meant."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema":
                yield from issues(inner, schema, kind, path)
            elif inner == ["Unknown field."]:
                yield FieldError((*path, key), unknown(key, schema.fields if schema else (), kind))
            else:
                yield from issues(inner, _inner(schema, key), kind, (*path, key))
    else:
        for message in messages:
            yield FieldError(path, reword(message))


def _inner(schema: Schema | None, key: Any) -> Schema | None:
    field = schema.fields.get(key) if schema else None
    return field.schema if isinstance(field, fields.Nested) else schema if isinstance(key, int) else None


def reject_stray_arguments() -> None:
    """Refuse the query of a view that declares none, which no parser would look at."""
    view = current_app.view_functions[request.endpoint or ""]
    parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    if request.args and not any(parameter["in"] == "query" for parameter in parameters):
        raise problems.InvalidQuery(fields=[FieldError((name,), "is not an argument here") for name in request.args])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, *, tag: str | None = None, **options: Any) -> None:
        """`tag` is the topic that the documentation lists the operations under: the blueprint's name, by default."""
        super().__init__(name, import_name, **options)
        self.tag = tag or name
        self.before_request(reject_stray_arguments)

    def route(self, rule: str, *, operation_id: str, **options: Any) -> Decorator:
        """Route to a view. Generated clients call it by `operation_id`, which therefore never changes."""
        register = super().route(rule, tags=[self.tag], **options)

        def decorate(view: View, /) -> View:
            documentation = view.__dict__.setdefault("_apidoc", {})
            [method] = options.get("methods", ["GET"])
            documentation.setdefault("manual_doc", {}).update(operationId=operation_id, **security_of(rule, method))
            register(view)
            return view

        return decorate

    if TYPE_CHECKING:  # what mypy cannot know: each of these gives a view back as it was

        def response(self, status: int, schema: type[Schema] | None = None, **options: Any) -> Decorator: ...

        def alt_response(self, status: int, response: str | None = None, **options: Any) -> Decorator: ...

        def doc(self, **options: Any) -> Decorator: ...

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        """One instance reads every request, for making one costs more than reading with it."""
        decorator: Decorator = super().arguments(schema(), **options)
        return decorator

    def problems(self, *statuses: int) -> Decorator:
        """Document which problems a view may answer with."""

        def decorate(view: View, /) -> View:
            for status in statuses:
                view = self.alt_response(status, HTTPStatus(status).name)(view)
            return view

        return decorate

    def other_formats(self, *media_types: str) -> Decorator:
        """Document that a view also answers in these formats, as text or as a file."""

        def decorate(view: View, /) -> View:
            for media_type in media_types:
                schema = TEXT if is_text(media_type) else FILE
                view = self.alt_response(200, schema=schema, content_type=media_type)(view)
            return view

        return decorate


def is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in ("application/x-ndjson", "image/svg+xml")


def header(parameter: Mapping[str, Any]) -> Decorator:
    """Document a request header that a view or its decorator reads by itself."""
    return documented_parameter({**parameter, "in": "header"})


def documented_parameter(parameter: Mapping[str, Any]) -> Decorator:
    """Document a parameter that a view or its decorator reads by itself."""

    def decorate(view: View, /) -> View:
        # A copy, for what is decorated keeps its own documentation.
        documented: Any = wraps(view)(lambda *args, **kwargs: view(*args, **kwargs))
        documented._apidoc = deepcopy(getattr(view, "_apidoc", {}))
        documented._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(dict(parameter))
        return documented  # type: ignore[no-any-return]  # called like the view it wraps

    return decorate


def only_documented(view: View) -> View:
    """Keep of a view's decorators what they documented, and nothing they do: for a view that is called very often."""
    bare: Any = unwrap(view)
    bare._apidoc = getattr(view, "_apidoc", {})
    return bare  # type: ignore[no-any-return]  # the view itself


def security_of(rule: str, method: str) -> dict[str, Any]:
    """How an operation documents who may call it."""
    scope = needed(rule, method)
    return {"security": []} if scope is None else {"security": [{name: []} for name in SECURITY], "x-scope": scope}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no types
    """Routes at once, and documents when the document is first asked for, which takes longer than all routes."""

    ERROR_SCHEMA = problems.ProblemSchema()

    def __init__(self, app: Flask) -> None:
        self._undocumented: list[Blueprint] = []
        self._documenting = Lock()
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undocumented.append(blp)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document of everything registered."""
        with self._documenting:
            while self._undocumented:
                blp = self._undocumented.pop(0)
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            document: dict[str, Any] = self.spec.to_dict()
        return document

    def handle_http_exception(self, error: HTTPException) -> Response:
        return problems.from_http(error)

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        for name, scheme in SECURITY.items():
            self.spec.components.security_scheme(name, scheme)
        Documentation(self.spec).install(self.ma_plugin.converter)

    def _register_responses(self) -> None:
        statuses = {status.name: status.phrase for status in HTTPStatus if status >= 400}
        for name, phrase in {**statuses, "DEFAULT_ERROR": "Any other problem"}.items():
            response = {"description": phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, dialects.CONTENT_TYPE)
            self.spec.components.response(name, response, lazy=True)
