"""What a storage promises of sessions; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.access import NewSession, Session
from service.domain.paging import Page


class Sessions(ABC):
    """A browser that signed in. Its secret is known here by its SHA-256 alone. It lives no longer than its key does."""

    @abstractmethod
    def add_session(self, session: NewSession) -> Session:
        """Store a session, and forget those that have ended a day ago. Raises NotFound when its key is gone."""

    @abstractmethod
    def find_session(self, digest: bytes) -> Session | None:
        """The session whose secret has this SHA-256, if it was not ended."""

    @abstractmethod
    def list_sessions(self, page: Page) -> Sequence[Session]:
        """Those that were not ended, newest first. Raises NotFound when `page.after` names nothing."""

    @abstractmethod
    def touch_session(self, session_id: str) -> None:
        """Note that a session is being used."""

    @abstractmethod
    def end_session(self, session_id: str) -> None:
        """Raises NotFound."""

    @abstractmethod
    def add_sign_in(self, digest: bytes, *, lifetime_seconds: float) -> None:
        """Let the bearer of the token with this SHA-256 sign in once; forget tokens that have expired."""

    @abstractmethod
    def use_sign_in(self, digest: bytes) -> bool:
        """Take a token away, and return whether it was there and in time: of two racing callers one is told so."""
