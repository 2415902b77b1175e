"""Sign a browser in and out, and say who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.access.sessions import LIFETIME_SECONDS, sign_in_by_key, sign_in_by_token
from service.api.access.cookies import SECURE_NAME, cookie_name, local_name
from service.api.access.gate import gate
from service.api.access.keys import SCOPES
from service.api.http.context import CALLER, backend, caller, whole_backend
from service.api.http.entrance import RequestHeaders
from service.api.http.fields import Strict, Text
from service.api.http.json_provider import json_response
from service.api.http.pages import PageQuery, envelope, list_of, page
from service.api.http.smorest import Blueprint
from service.api.http.times import Time
from service.domain.access import Caller
from service.errors import Unauthenticated

blp = Blueprint("session", __name__, tag="keys")


class SignInBody(Strict):
    key = Text(metadata={"description": "A key, `ff_…`."})
    token = Text(metadata={"description": "Or the token of a sign-in link, which works once."})

    @validates_schema
    def check_one(self, data: dict[str, Any], **kwargs: Any) -> None:
        if len(data) != 1:
            raise ValidationError({"key": ["is required, or a token instead"]})


class SessionSchema(Schema):
    id = fields.String(required=True)
    key_id = fields.String(required=True, allow_none=True, metadata={"description": "Null: by the start's link."})
    created_at = Time(required=True)
    last_used_at = Time(required=True)
    expires_at = Time(required=True)


class CallerSchema(Schema):
    """Documents what `described` returns."""

    needs_key = fields.Boolean(required=True, metadata={"description": "False: no key was ever made."})
    key = fields.String(required=True, allow_none=True, metadata={"description": "The id of the key in use."})
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What that key is called, or the proxy's user."},
    )
    session = fields.String(required=True, allow_none=True)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        metadata={"description": "Everything the caller may do, included scopes spelled out."},
    )
    networks = fields.List(fields.String(), required=True, allow_none=True)


@blp.route("/session", methods=["POST"], operation_id="signIn")
@blp.arguments(SignInBody)
@blp.response(200, CallerSchema)
@blp.problems(400, 401, 403, 413, 415, 429)
def sign_in(body: dict[str, Any]) -> Any:
    """Sign a browser in

    The answer sets a cookie that no script can read. The session ends after 12 hours without use, after 7 days, or
    with its key.
    """
    name, storage, keyring = (
        cookie_name(RequestHeaders(request.environ), request.scheme),
        whole_backend().storage,
        gate().keyring,
    )
    try:
        if "key" in body:
            _, secret = sign_in_by_key(storage, keyring, body["key"])
        else:
            _, secret = sign_in_by_token(storage, body["token"])
    except Unauthenticated:
        gate().failures.note(request.remote_addr or "")
        raise
    signed_in = keyring.session_caller(secret)
    request.environ[CALLER] = signed_in
    response = json_response(described(signed_in) if signed_in else {})
    response.set_cookie(
        name, secret, max_age=int(LIFETIME_SECONDS), httponly=True, samesite="Strict", secure=name == SECURE_NAME
    )
    return response


@blp.route("/session", operation_id="getSession")
@blp.response(200, CallerSchema)
def show() -> Any:
    """Say who is signed in, and what they may do"""
    return json_response(described(caller()))


@blp.route("/session", methods=["DELETE"], operation_id="signOut")
@blp.response(204)
def sign_out() -> Any:
    """Sign out"""
    session = caller().session_id
    if session is not None:
        whole_backend().storage.end_session(session)
        gate().keyring.forget()
    response = Response(status=204)
    for name in (SECURE_NAME, local_name(request.host)):
        response.delete_cookie(name, httponly=True, samesite="Strict", secure=name == SECURE_NAME)
    return response


@blp.route("/sessions", operation_id="listSessions")
@blp.arguments(PageQuery, location="query")
@blp.response(200, list_of(SessionSchema))
@blp.problems(404)
def index(query: dict[str, Any]) -> Any:
    """List sessions, newest first"""
    return envelope(backend().storage.list_sessions(page(query)), query)


@blp.route("/sessions/<session>", methods=["DELETE"], operation_id="endSession")
@blp.response(204)
@blp.problems(404)
def end(session: str) -> Any:
    """End a session"""
    backend().storage.end_session(session)
    gate().keyring.forget()
    return Response(status=204)


def described(asks: Caller) -> dict[str, Any]:
    key = None if asks.key_id is None else whole_backend().storage.get_key(asks.key_id)
    return {
        "needs_key": gate().keyring.is_needed(),
        "key": asks.key_id,
        "name": asks.user if key is None else key.name,
        "session": asks.session_id,
        "scopes": [scope for scope in SCOPES if scope in asks.scopes],
        "networks": None if asks.networks is None else list(asks.networks),
    }
