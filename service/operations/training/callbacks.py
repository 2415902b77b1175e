"""The webhook that a job calls when it has ended, read from a request and checked as far as possible in advance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from service.callbacks.addresses import is_public, written_address
from service.callbacks.signature import read_secret
from service.callbacks.target import read_target
from service.domain.callbacks import NewCallback
from service.errors import FieldError, Invalid
from service.operations.limits import Limits
from service.operations.request_reader import RequestReader

T = TypeVar("T")

PRIVATE = "unless the operator sets FEEDFORWARD_CALLBACK_PRIVATE"
#: Names that always mean the machine itself.
LOCAL_NAMES = (".localhost", ".local", ".internal")


def read_callback(body: Mapping[str, Any], limits: Limits) -> NewCallback | None:
    """The fields `callback` and `callback_secret` of a request; None where there is no callback. Raises Invalid."""
    parts = RequestReader()
    private = None if limits.private_callbacks else PRIVATE
    url = parts.read_field(body, "callback", lambda value: read_url(value, private=private))
    secret = parts.read_field(body, "callback_secret", _read_secret)
    if body.get("callback_secret") is not None and body.get("callback") is None:
        parts.reject("callback_secret", "needs a callback to sign")
    if body.get("callback") is not None and body.get("callback_secret") is None and not limits.signed_callbacks:
        parts.reject("callback_secret", "is required: this service has no FEEDFORWARD_CALLBACK_SECRET to sign with")
    parts.finish()
    return None if url is None else NewCallback(url=url, secret=secret)


def read_url(value: Any, *, private: str | None) -> str:
    """Host names are resolved and checked when a request is sent; addresses are checked here too.

    `private` says when the address may be a private one; None: it may. Raises Invalid.
    """
    url = _text(value)
    target = _in_our_words(lambda: read_target(url))
    address = written_address(target)
    is_private = f".{target.host.rstrip('.')}".endswith(LOCAL_NAMES) if address is None else not is_public(address)
    if is_private and private is not None:
        raise _rejected(f"must not be a private address, {private}")
    return url


def _read_secret(value: Any) -> str:
    secret = _text(value)
    _in_our_words(lambda: read_secret(secret))
    return secret


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _rejected("must be a text")
    return value


def _in_our_words(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise _rejected(str(error)) from None


def _rejected(message: str) -> Invalid:
    return Invalid(fields=[FieldError((), message)])
