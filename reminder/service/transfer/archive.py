"""Everything about an owner as one ZIP: JSON that programs read, a page that people read.

No secret goes in: no token, no signing key, no part of an address that opens anything.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import BinaryIO

from reminder.domain.channel import Channel
from reminder.domain.ids import OwnerId
from reminder.domain.schedule import Period
from reminder.rendering.archive import readme
from reminder.service.transfer import exporting
from reminder.service.transfer.columns import reading_words
from reminder.service.work import Work
from reminder.storage import belongings, channels, lines, log, owners, signing, watches
from reminder.storage.log import Logged, Wanted
from reminder.storage.watches import Watch

NAME = "reminder-archive.zip"
PAGE = 200
SECRET = frozenset({"owner", "once", "calendar"})


def pack(work: Work, owner: OwnerId, out: BinaryIO) -> None:
    """Write the archive of an owner into a file, from its beginning."""
    out.seek(0)
    out.truncate()
    person = owners.get(work.session, owner)
    moment = work.now.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme(person.language, person.email, moment))
        for name, found in _lists(work, owner):
            _write(archive, f"{name}.jsonl", (_line(plain(one)) for one in found))
        mine = channels.all_of(work.session, owner, work.desk.vault)
        whole = {
            "channels": [_channel(one) for one in mine],
            "settings": plain(person),
            "tokens": plain(owners.tokens(work.session, owner)),
            "devices": plain(signing.devices(work.session, owner, work.now)),
            "watchers": _watches(work, owner, person.email),
        }
        for name, value in whole.items():
            archive.writestr(f"{name}.json", json.dumps(value, ensure_ascii=False, indent=1))


def _lists(work: Work, owner: OwnerId) -> Iterator[tuple[str, Iterable[object]]]:
    session = work.session
    yield "lines", exporting.rows(work, owner)
    yield "readings", _readings(work, owner)
    yield "acts", belongings.acts(session, owner)
    yield "reminders", belongings.reminders(session, owner)
    yield "deliveries", _deliveries(work, owner)


def _readings(work: Work, owner: OwnerId) -> Iterator[dict[str, str]]:
    for kept in lines.all_of(work.session, owner):
        for one in kept.readings:
            words = reading_words(one, kept.line.currency).split()
            names = ("kind", "at", "on", "recorded_at", "amount")
            told = dict(zip(names, words, strict=False))
            yield {"line": kept.line.id, **told, "currency": kept.line.currency}


def _deliveries(work: Work, owner: OwnerId) -> Iterator[Logged]:
    wanted = Wanted(limit=PAGE)
    while some := log.deliveries(work.session, owner, wanted):
        yield from some
        wanted = Wanted(limit=PAGE, before=some[-1].id)


def _watches(work: Work, owner: OwnerId, email: str) -> dict[str, object]:
    """Who sees numbers of the owner's, and whose the owner sees; invited, or agreed."""

    def told(one: Watch, address: str) -> object:
        agreed = one.watcher is not None
        return plain(
            {"address": address, "tag": one.tag, "since": one.created_at, "agreed": agreed}
        )

    mine = watches.of_owner(work.session, owner)
    theirs = watches.of_watcher(work.session, owner, email)
    return {
        "watching_me": [told(one, one.email) for one in mine],
        "watched_by_me": [told(one, address) for one, address in theirs],
    }


def _channel(one: Channel) -> object:
    """A channel as its lists show it: a webhook's address holds a token, a secret signs."""
    told = plain(one)
    assert isinstance(told, dict)
    del told["target"], told["secrets"]
    return {**told, "address": one.shown}


def _write(archive: zipfile.ZipFile, name: str, rows: Iterable[str]) -> None:
    with archive.open(name, "w") as opened, io.TextIOWrapper(opened, "utf-8") as text:
        text.writelines(rows)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def plain(value: object) -> object:
    """Any of our values as JSON has it: instants in UTC, dates, words, lists."""
    match value:
        case Enum():
            return plain(value.value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case Period():
            return value.iso
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(one) for one in value]
    if is_dataclass(value):
        told = [one.name for one in fields(value) if one.name not in SECRET]
        return {name: plain(getattr(value, name)) for name in told}
    return value
