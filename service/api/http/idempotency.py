"""`Idempotency-Key`: a POST sent twice creates once, and both times gets the first one's answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import BadRequest

from service.api.http.bodies import read_body
from service.api.http.context import backend, caller
from service.api.http.smorest import header
from service.domain.idempotency import IdempotencyKey, StoredAnswer
from service.errors import FeedforwardError, NotFound

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

    The key and all that the view stores are one transaction, which begins with the view's first write: a view that
    reads, checks and computes before it writes keeps no other writer waiting. Of two racing requests, one waits for
    the other's answer. A rejected request stores nothing, so it may be corrected and sent again under the same key.
    """

    @header(PARAMETER)
    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        return answer_once(requested_key(read_body), lambda: view(*args, **kwargs))

    return once


def answer_once(key: IdempotencyKey | None, view: Callable[[], Response]) -> Response:
    """The answer kept under the key, or else the view's, kept in one transaction with all that the view stores.

    A view that stores nothing, as a dry run, leaves no key behind.
    """
    if key is None:
        return view()
    if (answer := backend().storage.find_answer(key)) is not None:
        return replay(answer)
    try:
        return _answer_first(key, view)
    except _Answered as other:
        return replay(other.answer)
    except FeedforwardError:
        # The checks may have failed because a racing request with this key has done already what this one asks for.
        if (answer := backend().storage.find_answer(key)) is not None:
            return replay(answer)
        raise


class _Answered(Exception):
    """Another request with the same key was answered meanwhile."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer


def _answer_first(key: IdempotencyKey, view: Callable[[], Response]) -> Response:
    storage, is_claimed = backend().storage, False

    def claim() -> None:
        nonlocal is_claimed
        answer = storage.claim_key(key, lifetime_seconds=backend().limits.idempotency_seconds)
        if answer is not None:
            raise _Answered(answer)
        is_claimed = True

    with storage.deferred_transaction(claim):
        response = view()
        if is_claimed:
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
    owner = caller().id
    # What one key was answered is not for another one that chose the same text.
    route = f"{request.method} {request.url_rule}{f' {owner}' if owner else ''}"
    return IdempotencyKey(route=route, key=bare, fingerprint=fingerprint)


def check_still_seen(answer: StoredAnswer) -> None:
    """Raise NotFound where what was made back then is no longer for this caller to see."""
    if caller().networks is None or answer.location is None:
        return
    path = urlsplit(answer.location).path.removeprefix(request.root_path)
    kind, _, ref = path.strip("/").partition("/")
    storage = backend().storage
    find = {
        "networks": storage.get_network,
        "datasets": storage.get_dataset,
        "jobs": storage.get_job,
        "models": storage.get_model,
        "schedules": storage.get_schedule,
    }.get(kind)
    if find is None:  # It was kept under another base path.
        raise NotFound
    find(ref.partition("/")[0])


def stored(response: Response) -> StoredAnswer:
    return StoredAnswer(status=response.status_code, body=response.get_data(), location=response.location)


def replay(answer: StoredAnswer) -> Response:
    check_still_seen(answer)
    response = Response(answer.body, answer.status, mimetype="application/json")
    if answer.location is not None:
        response.headers["Location"] = answer.location
    response.headers["Idempotency-Replayed"] = "true"
    return response
