"""The embedded default: without a mail server mails are kept on disk and shown at ``/outbox``."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from reminder.domain.delivery import EmailTarget, Message, Receipt
from reminder.errors import NotFound, Refused, Unreachable
from reminder.transports.base import demand_lease
from reminder.transports.mime import Letterhead, build

_ID = re.compile(r"[a-z]{2,4}_[0-9a-z]{1,32}")
_SUFFIX = ".eml"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail in the folder, as a list shows it."""

    id: str
    to: str
    subject: str
    date: datetime


@dataclass(frozen=True, slots=True)
class OpenMail:
    """One mail in the folder, whole: its headers in their order, the text, the HTML or ``""``."""

    kept: KeptMail
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


class FolderTransport:
    """Keeps each mail as ``<id>.eml``, readable for this service's user only."""

    def __init__(self, folder: Path, head: Letterhead) -> None:
        self._folder = folder
        self._head = head

    async def send(self, message: Message, target: EmailTarget, now: datetime) -> Receipt:  # noqa: ARG002 - the port's verb; a mail's date is the message's
        """Write the mail so that it outlives a power cut; the same id is written once."""
        if not _ID.fullmatch(message.id):
            raise Refused("the delivery's id can name no file")
        mail = build(message, target.address, self._head)
        demand_lease()
        try:
            await asyncio.to_thread(_keep, self._folder, f"{message.id}{_SUFFIX}", mail)
        except OSError as error:
            raise Unreachable("the outbox folder cannot be written") from error
        return Receipt("kept")

    async def close(self) -> None:
        """Nothing is held."""


def ids(folder: Path) -> tuple[str, ...]:
    """The ids of all mails, newest first; none when there is no folder yet."""
    if not folder.is_dir():
        return ()
    return tuple(sorted((entry.stem for entry in folder.glob(f"*{_SUFFIX}")), reverse=True))


def head_of(folder: Path, identity: str) -> KeptMail:
    """What a list shows of one mail; raises :class:`NotFound` for any other text."""
    return _kept(identity, _headers(_read(folder, identity)))


def list_mails(folder: Path, limit: int = 100) -> tuple[KeptMail, ...]:
    """The newest mails first, at most ``limit``; none when there is no folder yet."""
    found: list[KeptMail] = []
    for name in ids(folder)[:limit]:
        with suppress(NotFound):
            found.append(head_of(folder, name))
    return tuple(found)


def forget_mail(folder: Path, identity: str) -> None:
    """Delete one mail, if it is there."""
    if _ID.fullmatch(identity):
        (folder / f"{identity}{_SUFFIX}").unlink(missing_ok=True)


def load_mail(folder: Path, identity: str) -> OpenMail:
    """One mail by its delivery's id; raises :class:`NotFound` for any other text."""
    parsed = message_from_bytes(_read(folder, identity), policy=policy.default)
    return OpenMail(
        kept=_kept(identity, parsed),
        headers=tuple((name, str(value)) for name, value in parsed.items()),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def _keep(folder: Path, name: str, mail: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / name).exists():
        _write(folder, name, mail)
    _sync(folder)


def _write(folder: Path, name: str, mail: bytes) -> None:
    """Write beside, sync, rename: the name stands for a whole mail or does not stand at all."""
    handle, beside = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mail)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(folder / name)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(folder: Path, identity: str) -> bytes:
    if not _ID.fullmatch(identity):
        raise NotFound("no such mail")
    try:
        return (folder / f"{identity}{_SUFFIX}").read_bytes()
    except FileNotFoundError as error:
        raise NotFound("no such mail") from error


def _headers(mail: bytes) -> EmailMessage:
    return BytesHeaderParser(policy=policy.default).parsebytes(mail)


def _kept(identity: str, parsed: EmailMessage) -> KeptMail:
    return KeptMail(identity, str(parsed["To"]), str(parsed["Subject"]), parsed["Date"].datetime)


def _part(parsed: EmailMessage, subtype: str) -> str:
    part = parsed.get_body(preferencelist=(subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
