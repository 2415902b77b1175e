"""`Idempotency-Key`: a POST sent twice creates once, and both times gets the first one's answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from service.api.http.bodies import read_body
from service.api.http.context import backend
from service.api.http.smorest import header
from service.domain.records import IdempotencyKey, StoredAnswer

HEADER = "Idempotency-Key"
MAX_LENGTH = 255

PARAMETER = {
    "name": HEADER,
    "required": False,
    "description": "A unique text of yours per request. Repeating it within a day returns the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": "^[!#-~]+$"},
}


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a creating view, below `blp.arguments` and above `blp.response`: it must see the finished response.

    The key and all that the view stores are one transaction: of two racing requests, one waits for the other's answer.
    A request that is refused stores nothing, so it may be corrected and sent again under the same key.
    """

    @header(PARAMETER)
    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        return answer_once(requested_key(read_body), lambda: view(*args, **kwargs))

    return once


def answer_once(key: IdempotencyKey | None, view: Callable[[], Response]) -> Response:
    """The answer kept under the key, or else, in one transaction with all that it stores, the view's."""
    if key is None:
        return view()
    storage = backend().storage
    with storage.transaction():
        answer = storage.claim_key(key, lifetime_seconds=backend().limits.idempotency_seconds)
        if answer is not None:
            return replay(answer)
        response = view()
        storage.keep_answer(key, stored(response))
        return response


def requested_key(read: Callable[[], bytes]) -> IdempotencyKey | None:
    """The request's key, quoted (as a structured field) or bare, with the fingerprint of all it asks for.

    `read` gives the body, or what stands for it.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not 0 < len(bare) <= MAX_LENGTH or not all("!" <= letter <= "~" and letter != '"' for letter in bare):
        raise BadRequest(f"{HEADER} must be 1 to {MAX_LENGTH} printable ASCII characters without spaces.")
    asked = request.full_path.encode() + b"\0" + read()
    fingerprint = hashlib.sha256(asked).hexdigest()
    return IdempotencyKey(route=f"{request.method} {request.url_rule}", key=bare, fingerprint=fingerprint)


def stored(response: Response) -> StoredAnswer:
    return StoredAnswer(status=response.status_code, body=response.get_data(), location=response.location)


def replay(answer: StoredAnswer) -> Response:
    response = Response(answer.body, answer.status, mimetype="application/json")
    if answer.location is not None:
        response.headers["Location"] = answer.location
    response.headers["Idempotency-Replayed"] = "true"
    return response
