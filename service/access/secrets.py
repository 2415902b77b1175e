"""The secret of a key: `ff_`, 30 characters of chance (178 bits), and 6 that a typing error would not fit.

Scanners find it by its prefix, and a wrong one is told from a right one without the database. As nobody can guess 178
bits, a fast hash is all that its storage needs.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "ff_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_DIGITS, CHECK_DIGITS = 30, 6
SECRET_LENGTH = len(PREFIX) + RANDOM_DIGITS + CHECK_DIGITS
SHOWN_DIGITS = 4

_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_DIGITS + CHECK_DIGITS}}}")


def new_secret() -> str:
    begin = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_DIGITS))
    return begin + _check_digits(begin)


def is_well_formed(secret: str) -> bool:
    return bool(_FORM.fullmatch(secret)) and _check_digits(secret[:-CHECK_DIGITS]) == secret[-CHECK_DIGITS:]


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def hint_of(secret: str) -> str:
    """The ends of a secret, by which its holder knows it: ``ff_P5EJ...sRYK``."""
    return f"{secret[: len(PREFIX) + SHOWN_DIGITS]}...{secret[-SHOWN_DIGITS:]}"


def _check_digits(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECK_DIGITS):
        number, place = divmod(number, len(ALPHABET))
        digits = ALPHABET[place] + digits
    return digits
