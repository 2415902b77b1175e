"""Which of several formats an answer has: by the `format` argument, else by the Accept header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import fields, validate
from werkzeug.exceptions import NotAcceptable


def format_field(formats: Mapping[str, str]) -> Any:
    """A query argument that takes one of the names of `formats`."""
    help = "Overrides the Accept header."
    return fields.String(validate=validate.OneOf(list(formats)), metadata={"description": help})


def chosen(formats: Mapping[str, str], wanted: str | None) -> str:
    """The name of the format to answer in; `formats` maps names to media types, the default first.

    Raises NotAcceptable when the request accepts none of them.
    """
    if wanted is not None:
        return wanted
    if not request.accept_mimetypes:
        return next(iter(formats))
    best = request.accept_mimetypes.best_match(list(formats.values()))
    if best is None:
        raise NotAcceptable(f"There is {', '.join(formats.values())}; ask for one of them in Accept or by ?format=.")
    return next(name for name, media_type in formats.items() if media_type == best)
