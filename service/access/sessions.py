"""Sign a browser in, by a key or by a token that works once."""

from __future__ import annotations

import secrets

from service.access.keyring import Keyring
from service.access.secrets import digest_of
from service.domain.access import NewSession, Session
from service.domain.ids import new_id
from service.errors import Unauthenticated
from service.storage.sessions import Sessions

LIFETIME_SECONDS = 7 * 24 * 3600.0
SIGN_IN_SECONDS = 600.0
SECRET_BYTES = 32


def sign_in_by_key(storage: Sessions, keyring: Keyring, secret: str) -> tuple[Session, str]:
    """A session and what its cookie holds. Raises Unauthenticated."""
    return _begin(storage, keyring.caller(secret).key_id)


def sign_in_by_token(storage: Sessions, token: str) -> tuple[Session, str]:
    """The same, once for each token. Raises Unauthenticated."""
    if not storage.use_sign_in(digest_of(token)):
        raise Unauthenticated("This link was used already, or is older than ten minutes. Sign in with a key.")
    return _begin(storage, None)


def new_token(storage: Sessions) -> str:
    """A token that signs in once within ten minutes, with every right."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    storage.add_sign_in(digest_of(token), lifetime_seconds=SIGN_IN_SECONDS)
    return token


def _begin(storage: Sessions, key_id: str | None) -> tuple[Session, str]:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session = NewSession(id=new_id("ses"), key_id=key_id, digest=digest_of(secret), lifetime_seconds=LIFETIME_SECONDS)
    return storage.add_session(session), secret
