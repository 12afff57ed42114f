"""Secrets that open something: made here, handed out once, kept as digests."""

from __future__ import annotations

import base64
import hashlib

from reminder.service.work import Work

SECRET_BYTES = 24


def fresh(work: Work) -> str:
    """A new secret, safe in a URL, a cookie and a header."""
    return base64.urlsafe_b64encode(work.desk.entropy(SECRET_BYTES)).decode()


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256, of which nothing leads back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
