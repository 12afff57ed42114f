"""A message as the bytes of a mail: one recipient, text before HTML, equal over every retry.

Written by hand rather than with ``email.message``, which takes a millisecond for each message and
breaks long links inside ``List-Unsubscribe``. Every value passes :func:`_header`, so that no value
can open a header of its own. Only ASCII leaves: text is quoted-printable or base64, whichever is
shorter.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna

from reminder.domain.delivery import Message
from reminder.domain.laid import Laid
from reminder.errors import ConfigError, InvalidInput, Refused

LONGEST_ADDRESS, LONGEST_LOCAL, LONGEST_SUBJECT = 254, 64, 200
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LABELS = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*")
_LINK = re.compile(r"https?://[!-;=?-~]{1,900}")  # a line of a mail holds 998 signs
_LANGUAGES = {"zh": "zh-Hans"}
_WORD_BYTES = 42
_PLAIN_LENGTH = 60
_LINE_BYTES = 57  # of a line of base64
_BETWEEN, _QUOTED_BETWEEN = "\n\x00\n", b"\r\n=00\r\n"


@lru_cache(maxsize=1024)
def mailbox(address: str) -> str:
    """Read exactly one plain mailbox and write its domain in ASCII; raises :class:`InvalidInput`.

    A local part outside ASCII would need SMTPUTF8 (RFC 6531) on the whole way: refused. So are
    display names, lists, quoted local parts and address literals.

    >>> mailbox("anna@пример.рф")
    'anna@xn--e1afmkfd.xn--p1ai'
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise InvalidInput.of("address", "write one plain address such as anna@example.org")
    try:
        plain = idna.encode(domain, uts46=True).decode("ascii") if not domain.isascii() else domain
    except idna.IDNAError as error:
        raise InvalidInput.of("address", "the part after @ is no domain name") from error
    plain = plain.lower()
    if not _LABELS.fullmatch(plain) or len(local) + 1 + len(plain) > LONGEST_ADDRESS:
        raise InvalidInput.of("address", "the part after @ is no domain name")
    return f"{local}@{plain}"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the display name, the address, and the host in ``Message-ID`` and ``List-Id``."""

    name: str
    address: str
    host: str

    @classmethod
    def of(cls, sender: str, base_url: str) -> Letterhead:
        """Read ``Reminder <reminder@example.org>``; raises :class:`ConfigError`.

        The host is that of ``base_url``, or the sender's domain where the URL only names this
        machine (localhost, a bare address).
        """
        name, address = parseaddr(sender)
        try:
            plain = mailbox(address)
        except InvalidInput as error:
            message = 'email.sender: write it like "Reminder <reminder@example.org>"'
            raise ConfigError(message) from error
        host = urlsplit(base_url).hostname or ""
        if not _names_the_world(host):
            host = plain.rpartition("@")[2]
        return cls(_one_line(name), plain, host)


def _names_the_world(host: str) -> bool:
    if host == "localhost" or not _LABELS.fullmatch(host):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def build(message: Message, to: str, head: Letterhead) -> bytes:
    """Write the mail; the same message and recipient give the same bytes.

    Raises :class:`Refused` when ``to`` is not one plain address or a link is not a plain URL.
    """
    try:
        recipient = mailbox(to)
    except InvalidInput as error:
        detail = f"the address cannot be written to: {error.faults[0].detail}"
        raise Refused(detail, channel_off=True) from error
    unsubscribe = message.unsubscribe_url
    headers = (
        _sender(head),
        _header("To", recipient),
        _header("Subject", encoded(_one_line(message.subject)[:LONGEST_SUBJECT])),
        _date(message.dated),
        _header("Message-ID", f"<{message.id}@{head.host}>"),
        _steady(head, message.language),
        _unsubscribe(unsubscribe) if unsubscribe else b"",
        b"MIME-Version: 1.0\r\n",
    )
    return b"".join(headers) + _content(message)


def stuffed(mail: bytes) -> bytes:
    """A mail as it goes over the wire: a line that begins with a dot gets another (RFC 5321,
    4.5.2), and a lone dot ends it. What :func:`build` makes has CRLF after every line."""
    lines = b"\r\n..".join(mail.split(b"\r\n."))  # half of what replacing takes
    return (b"." if mail.startswith(b".") else b"") + lines + b".\r\n"


def encoded(text: str) -> str:
    """Text for a header: as it is when short and plain, else in encoded words (RFC 2047)."""
    if text.isascii() and text.isprintable() and "=?" not in text and len(text) <= _PLAIN_LENGTH:
        return text
    whole = text.encode("utf-8", "replace")
    if len(whole) <= _WORD_BYTES:
        return _word(whole)
    words, word = [], b""
    for sign in text:
        size = sign.encode("utf-8", "replace")
        if len(word) + len(size) > _WORD_BYTES:
            words.append(word)
            word = b""
        word += size
    words.append(word)
    return "\r\n ".join(map(_word, words))


def _word(raw: bytes) -> str:
    return f"=?utf-8?b?{b64encode(raw).decode('ascii')}?="


def _one_line(text: str) -> str:
    kept = text[: 8 * LONGEST_SUBJECT].replace("\u00a0", " ")
    if kept.isprintable():
        return " ".join(kept.split())
    return " ".join("".join(sign if sign.isprintable() else " " for sign in kept).split())


@lru_cache(maxsize=64)
def _sender(head: Letterhead) -> bytes:
    if head.name.isascii() and "=?" not in head.name and len(head.name) <= _PLAIN_LENGTH:
        return _header("From", formataddr((head.name, head.address)))
    return _header("From", f"{encoded(head.name)}\r\n <{head.address}>")


@lru_cache(maxsize=64)
def _date(dated: datetime) -> bytes:
    return _header("Date", format_datetime(dated.astimezone(UTC)))


@lru_cache(maxsize=64)
def _steady(head: Letterhead, language: str) -> bytes:
    """The headers that are the same for every mail in a language."""
    return (
        _header("Auto-Submitted", "auto-generated")
        + _header("Content-Language", _LANGUAGES.get(language, language))
        + _header("List-Id", f"<lines.{head.host}>")
    )


def _header(name: str, value: str) -> bytes:
    bare = value.replace("\r\n ", "")
    if not bare.isascii() or not bare.isprintable():
        raise Refused(f"the mail's {name} holds signs that no header may hold")
    return f"{name}: {value}\r\n".encode("ascii")


def _unsubscribe(url: str) -> bytes:
    if not _LINK.fullmatch(url):
        raise Refused("the link to stop these mails is not a plain URL")
    one_click = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return _header("List-Unsubscribe", f"<{url}>") + one_click


def _content(message: Message) -> bytes:
    text = _part("plain", message.text)
    if not message.html:
        return text
    # "=_" can stand in no quoted-printable or base64 line, so no text can hold the boundary.
    boundary = f"=_{message.id}"
    opening = _header("Content-Type", f'multipart/alternative; boundary="{boundary}"')
    edge = f"\r\n--{boundary}".encode("ascii")
    parts = (text, _part("html", message.html))
    return opening + b"".join(edge + b"\r\n" + part for part in parts) + edge + b"--\r\n"


def _part(subtype: str, text: str) -> bytes:
    way, body = _shorter(text)
    return _about(subtype, way) + body


@lru_cache(maxsize=8)
def _about(subtype: str, way: str) -> bytes:
    kind = _header("Content-Type", f"text/{subtype}; charset=utf-8")
    return kind + _header("Content-Transfer-Encoding", way) + b"\r\n"


def _shorter(text: str) -> tuple[str, bytes]:
    """Quoted-printable, or base64 where that is shorter: a byte outside ASCII is quoted as three,
    so that often enough it is known without quoting. There are a third more such bytes than there
    are bytes beyond one a sign, or still more."""
    raw = text.encode("utf-8", "replace")
    length, beyond = len(raw) + raw.count(b"\n"), len(raw) - len(text)
    based = _based_size(length)
    if length + 2 * (4 * beyond // 3) <= based:
        quoted = _quoted_parts(text.parts) if isinstance(text, Laid) else b""
        quoted = quoted or _quoted(text.rstrip()) + b"\r\n"
        if len(quoted) <= based:
            return "quoted-printable", quoted
    return "base64", _based(_lines(text.rstrip()))


def _lines(text: str) -> bytes:
    """The bytes of a text, CRLF behind every line and behind the last."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return f"{plain}\n".replace("\n", "\r\n").encode("utf-8", "replace")


def _quoted_parts(parts: Sequence[str]) -> bytes:
    """Quoted-printable of a text that was laid of parts: what is the same in every mail is quoted
    once. Each part ends with a soft break, that the next may begin like a line; nothing where the
    parts are not to be told apart."""
    if not parts or not parts[-1].rstrip():
        return b""
    values = _quoted(_BETWEEN.join(parts[1::2])).split(_QUOTED_BETWEEN)
    found = [_kept(part) for part in parts[0:-1:2]]
    if len(values) != len(found):
        return b""
    laid = [piece for pair in zip(found, map(_softly, values), strict=True) for piece in pair]
    return b"".join(laid) + _last(parts[-1])


@lru_cache(maxsize=4096)
def _kept(part: str) -> bytes:
    return _softly(_quoted(part))


@lru_cache(maxsize=256)
def _last(part: str) -> bytes:
    return _quoted(part.rstrip()) + b"\r\n"


def _quoted(text: str) -> bytes:
    """Quoted-printable as it stands before the end of a line: no bare space is the last sign."""
    return binascii.b2a_qp(_lines(text), istext=True).removesuffix(b"\r\n")


def _softly(quoted: bytes) -> bytes:
    return quoted + b"=\r\n" if quoted and quoted[-1:] != b"\n" else quoted


def _based_size(count: int) -> int:
    """How long so many bytes are as base64, line ends included."""
    return 4 * -(-count // 3) + 2 * -(-count // _LINE_BYTES)


def _based(raw: bytes) -> bytes:
    """Base64 in lines of 76 signs."""
    whole = binascii.b2a_base64(raw, newline=False)
    lines = [whole[start : start + 76] for start in range(0, len(whole), 76)]
    return b"\r\n".join([*lines, b""])
