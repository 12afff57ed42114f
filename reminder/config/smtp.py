"""The mail server, as ``email.url`` names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

FORM = "smtp://user:password@host:587?tls=starttls, smtps://… or smtp://…?tls=none"


class Tls(StrEnum):
    """How the connection is encrypted: from the first byte, by STARTTLS, or not at all."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


_PORTS = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


@dataclass(frozen=True, slots=True)
class Smtp:
    """One mail server: where it is, how it is encrypted, and who we are there.

    ``user`` and ``password`` are both empty where the server asks for none; neither is printed.
    """

    host: str
    port: int
    tls: Tls
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse(url: str) -> Smtp:
    """Read a mail server out of its URL.

    The port defaults to 465 (smtps), 587 (starttls, the default of smtp) or 25 (none). A user name
    or a password with special signs is percent-encoded. Raises ``ValueError`` with a sentence that
    never repeats the URL, because it holds a password.

    >>> parse("smtps://mail.example")
    Smtp(host='mail.example', port=465, tls=<Tls.IMPLICIT: 'implicit'>)
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"is no URL with a valid host and port; write {FORM}") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"must begin with smtp:// or smtps://; write {FORM}")
    if not parts.hostname:
        raise ValueError(f"names no host; write {FORM}")
    if parts.path.strip("/") or parts.fragment:
        raise ValueError("ends with a path or a #; percent-encode / as %2F and # as %23")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("needs both a user and a password, or neither")
    tls = _tls(parts.scheme, parts.query)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(parts.hostname, port or _PORTS[tls], tls, user, password)


def _tls(scheme: str, query: str) -> Tls:
    """The encryption that scheme and query ask for together."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    wish = options.pop("tls", None)
    if options:
        raise ValueError(f"knows no option {', '.join(sorted(options))}; the only one is tls")
    if scheme == "smtps":
        if wish is not None:
            raise ValueError("is encrypted from the start with smtps://; leave ?tls= out")
        return Tls.IMPLICIT
    if wish not in {None, "starttls", "none"}:
        raise ValueError("must say ?tls=starttls or ?tls=none; for TLS from the start use smtps://")
    return Tls(wish or "starttls")
