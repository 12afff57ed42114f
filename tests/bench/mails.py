"""Case c: mail end to end to a fast sink, against smtplib on kept connections with bytes that are
ready, and against the same sender building an ``EmailMessage`` for each mail."""

from __future__ import annotations

import asyncio
import smtplib
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from reminder.app import App
from reminder.domain.delivery import EmailTarget, Lane, Message
from reminder.engine import planner
from reminder.engine.letters import Letter, prepare
from reminder.storage import claims
from reminder.storage.database import Session
from reminder.transports.mime import Letterhead, build
from tests.bench.ground import check_all_sent, ground
from tests.bench.measure import Result, Size, Spent, timed
from tests.bench.sinks import sink
from tests.bench.stock import DUE, Stock, fill

MAILS = 3000
CONNECTIONS = 8
SAMPLE = 300
LEASE = timedelta(minutes=15)
HEAD = Letterhead.of("Reminder <reminder@example.org>", "https://reminder.example.org")


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("mail")
    count = size.of(MAILS, 60)
    whole, ready, slow = [], [], []
    with sink("smtp") as port:
        for _ in range(size.rounds):
            spent, letters = await _end_to_end(count, port)
            whole.append(spent)
            ready.append(await asyncio.to_thread(kept_smtplib, letters, count, port))
            slow.append(building(letters, count))
    rate = result.add("mails end to end", "/s", *(count / s.seconds for s in whole))
    result.add("CPU of a mail", "µs", *(s.cpu / count * 1e6 for s in whole))
    kept = result.add("smtplib, kept connections, bytes ready", "/s", *(count / s for s in ready))
    built = result.add("building an EmailMessage, per mail", "µs", *(s * 1e6 for s in slow))
    ours = result.add(
        "building the same bytes as we do, per mail", "µs", *(_ours(letters) * 1e6 for _ in whole)
    )
    result.at_least("end to end / kept smtplib", rate.median / kept.median, 0.3)
    mails = 1e6 / rate.median
    naive = mails - ours.median + built.median
    result.told("end to end / the same with EmailMessage for each mail", naive / mails)
    result.at_least("building: EmailMessage / ours", built.median / ours.median, 5)
    return result


async def _end_to_end(count: int, port: int) -> tuple[Spent, list[Letter]]:
    url = f"smtp://127.0.0.1:{port}?tls=none"
    async with ground(environ={"REMINDER_EMAIL__URL": url}) as (app, clock):
        await fill(app, Stock(count))
        clock.set(DUE)
        letters = await sample(app, clock(), min(count, SAMPLE))
        planned = await timed(app.plan)
        sent = await timed(app.ensure_sender().drain)
        await check_all_sent(app, count)
    return Spent(planned.seconds + sent.seconds, planned.cpu + sent.cpu), letters


async def sample(app: App, now: datetime, count: int) -> list[Letter]:
    """Some of the very mails, planned and claimed in a transaction that is not kept."""
    found: list[Letter] = []

    def look(session: Session) -> None:
        while len(found) < count and planner.plan(session, app.desk, now):
            taken = claims.claim(session, Lane.EMAIL, now, now + LEASE, count, "sample")
            made = prepare(session, app.desk, taken, now)
            found.extend(one for one in made if isinstance(one, Letter))
        session.rollback()

    await app.database.write(look)
    return found


def kept_smtplib(letters: list[Letter], count: int, port: int) -> float:
    """Seconds that smtplib takes on kept connections in threads, with the bytes ready."""
    address = HEAD.address
    ready = [
        (_address(letter), build(letter.message, _address(letter), HEAD)) for letter in letters
    ]

    def work(part: range) -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.ehlo()
            for number in part:
                to, mail = ready[number % len(ready)]
                server.sendmail(address, [to], mail)

    start = time.perf_counter()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
        parts = [range(n, count, CONNECTIONS) for n in range(CONNECTIONS)]
        list(pool.map(work, parts))
    return time.perf_counter() - start


def building(letters: list[Letter], count: int) -> float:
    """Seconds for each mail that the standard library takes to write it."""
    some = [letters[n % len(letters)] for n in range(min(count, SAMPLE))]
    start = time.process_time()
    for letter in some:
        _as_written_usually(letter.message, _address(letter)).as_bytes(policy=SMTP)
    return (time.process_time() - start) / len(some)


def _ours(letters: list[Letter]) -> float:
    start = time.process_time()
    for letter in letters:
        build(letter.message, _address(letter), HEAD)
    return (time.process_time() - start) / len(letters)


def _as_written_usually(message: Message, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Reminder <{HEAD.address}>", to
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{message.id}@{HEAD.host}>"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def _address(letter: Letter) -> str:
    assert isinstance(letter.target, EmailTarget)
    return letter.target.address
