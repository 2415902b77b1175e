"""A reference is text. A driver would bind whatever it is given, and fail in a way of its own."""

from __future__ import annotations

from service.errors import Invalid


def checked(ref: str) -> str:
    """Return the id or name. Raises Invalid for a value of any other kind."""
    if not isinstance(ref, str):
        raise Invalid(f"An id or a name must be text, not {type(ref).__name__}.")
    return ref
