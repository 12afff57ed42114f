"""The measures of the service in sentences, for its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from markupsafe import Markup

from reminder.app import Alarm, Measures, Trouble
from reminder.web.visit import Visit
from reminder.web.words import mark

MEGABYTE = 1024 * 1024
_ALARMS: Mapping[Trouble, str] = {
    Trouble.CLOCK_MOVED: mark("The clock of the machine was moved: sending waits half a minute."),
    Trouble.DATABASE: mark("Nothing can be stored, so nothing is sent: look at the disk."),
    Trouble.GIVEN_UP: mark(
        "A message was given up: sending it ended this service again and again."
    ),
    Trouble.MAIL_STOPPED: mark(
        "The mail server refuses our mail: it waits, and goes on by itself once it is taken."
    ),
    Trouble.MISSING: mark("Reminders were missing at the last check; they were planned then."),
    Trouble.OLD_TRANSACTION: mark("Somebody keeps a transaction on the database open."),
    Trouble.WAL: mark("The database’s log grows: something reads for very long."),
}


def alarms_told(visit: Visit, alarms: Iterable[Alarm]) -> list[Markup]:
    """What is wrong, each in a sentence."""
    return [visit.t(_ALARMS[alarm.trouble]) for alarm in alarms]


def told(visit: Visit, found: Measures) -> list[Markup]:
    """What is measured, each in a sentence."""
    return list(_sentences(visit, found))


def _sentences(visit: Visit, found: Measures) -> Iterator[Markup]:
    late = found.lateness
    if late.count:
        yield visit.t(
            "From a message’s moment to its first try, over the last {count}: half within "
            "{half} s, 99 of 100 within {most} s, the longest {longest} s.",
            count=str(late.count),
            half=_seconds(late.half),
            most=_seconds(late.most),
            longest=_seconds(late.longest),
        )
    write = found.writes
    yield visit.t(
        "A write to the database takes {half} ms, 99 of 100 no more than {most} ms.",
        half=str(round(write.half / timedelta(milliseconds=1))),
        most=str(round(write.most / timedelta(milliseconds=1))),
    )
    if found.shut_hosts:
        yield visit.n(
            "{n} host does not answer and is asked again now and then.",
            "{n} hosts do not answer and are asked again now and then.",
            found.shut_hosts,
        )
    if found.wal_size > MEGABYTE:
        size = found.wal_size // MEGABYTE
        yield visit.t("The database’s log holds {size} MB.", size=str(size))
    yield _audited(visit, found)


def _audited(visit: Visit, found: Measures) -> Markup:
    audited = found.audited
    if audited is None:
        return visit.t("Whether a reminder is missing is checked every night; not yet done.")
    return visit.t(
        "Checked on {day}, numbers: {lines}. Reminders missing: {missing}; taken by nobody in "
        "three days: {untaken}.",
        day=visit.day(visit.days.of(audited.at)),
        lines=str(audited.lines),
        missing=str(audited.missing),
        untaken=str(audited.untaken),
    )


def _seconds(span: timedelta) -> str:
    return str(round(span.total_seconds()))
