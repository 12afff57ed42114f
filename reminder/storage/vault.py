"""Seal what must not lie open in the database: channel URLs, which hold tokens, and secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

from reminder.domain.token import derive
from reminder.errors import StorageError

KEPT = 4096


class Vault:
    """Fernet under a key derived from the service's key; prints are keyed too."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive(key, "vault")))
        self._print_key = derive(key, "print")
        self._opened = lru_cache(maxsize=KEPT)(self._open)

    def seal(self, text: str) -> str:
        """Encrypt a text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what :meth:`seal` made; raise StorageError under another key. What was opened
        lately is remembered: a channel's address is asked for with each of its messages."""
        return self._opened(sealed)

    def _open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise StorageError(
                "The service's key is not the one the secrets were stored with: put the old "
                "server.key back, or type the channels' addresses again"
            ) from error

    def print(self, text: str) -> str:
        """A keyed fingerprint: equal texts have equal prints, and nothing else can be told."""
        return hmac.new(self._print_key, text.encode(), hashlib.sha256).hexdigest()
