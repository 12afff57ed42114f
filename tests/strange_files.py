"""Damaged answers of operators and damaged files to import, each made from a seed alone."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
import tomllib
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

from reminder.app import App, open_app
from reminder.domain.ids import OwnerId
from reminder.domain.intake import Understood, read
from reminder.domain.owner import Owner
from reminder.errors import Conflict, InvalidInput
from reminder.service import lines, people
from reminder.service.transfer import exporting, importing
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.report import RowState
from reminder.service.work import Work
from tests.conftest import settings_in
from tests.service.transfer.foreign import samples

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HERE = Path(__file__).parent
PIECES = (
    *(
        "Баланс",
        "balance",
        "余额",
        "руб.",
        "₽",
        "$",
        "元",
        "₸",
        "120,50",
        "1 234.5",
        "-7",
        "9" * 30,
    ),
    *("до 31.12", "2026-02-30", "минус", "кредит", "бонус", "\u202e", "\x00", "\u00a0", "Й", "."),
    *(
        "+79161234567",
        "*100#",
        "1.2.3",
        "٣٤",
        "½",
        "e9",
        "NaN",
        "−",
        "9" * 30,
        ";",
        "\n",
        "0x1F",
        "🙂",
    ),
)
CELLS = (
    *("+7 916 123-45-67", "89261234568", "=1+1", "@x", "300", "-1", "1e9", "P1M", "P0D", "mts"),
    *("2026-12-01", "01.12.2026", "9999-99-99", "", '"', "\x00", "\ufeff", "妈妈", "yes", "a;b"),
    *("x" * 300, "[]", "null", "{", "RUB", "+447700900123", "dorm;east", "\u2028"),
)
HEADS = ("number", "operator", "label", "fee", "renews_on", "balance", "tags", "period", "note")
SEPARATORS = (",", ";", "\t", "|", " ")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1251", "utf-16", "gb18030", "latin-1", "koi8-r")
MOST_LINES = 60


@lru_cache
def _answers() -> tuple[str, ...]:
    found: list[str] = []
    for name in ("texts", "held_out", "blind"):
        path = HERE / "domain" / "intake" / f"{name}.toml"
        groups = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [row["says"] for rows in groups.values() for row in rows]
    return tuple(found)


def _cut(random: Random, text: str, pieces: tuple[str, ...], most: int) -> str:
    for _ in range(random.randint(0, most)):
        at, end = sorted(random.choices(range(len(text) + 1), k=2))
        what = random.choice([*random.choices(pieces, k=3), text[at:end] * 2, ""])
        text = text[:at] + what + text[min(end, at + random.randint(0, 20)) :]
    return text


def intake_round(seed: int) -> str:
    """One answer that no operator gave: read or asked about, the same each time, a sum that stands
    in it, and no day to come."""
    random = Random(seed)
    text = _cut(random, random.choice(_answers()), PIECES, 6)
    if random.random() < 0.2:
        text = "".join(random.choices(PIECES, k=random.randint(1, 400)))
    kept = random.choice([None, "RUB", "CNY", "KZT"])
    found = read(text, TODAY, kept)
    assert read(text, TODAY, kept) == found
    if not isinstance(found, Understood):
        return f"asked: {found.why}"
    assert found.balance.amount.is_finite()
    assert found.matched.strip()
    assert found.balance.on is None or found.balance.on <= TODAY
    return "read"


class _Place:
    """A service with one owner, to import into; it lives as long as the process."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        folder = Path(tempfile.mkdtemp(prefix="reminder-fuzz-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        self.app: App = self.runner.run(self._open(folder))
        self.owner: OwnerId = self.runner.run(self.app.write(_add)).id

    async def _open(self, folder: Path) -> App:
        return await self._stack.enter_async_context(
            open_app(settings_in(folder), clock=lambda: NOW)
        )

    def count(self) -> int:
        """How many lines there are."""
        return self.runner.run(self.app.read(lambda work: len(lines.everything(work, self.owner))))

    def empty(self) -> None:
        """Take every line away."""

        def use(work: Work) -> None:
            for view in lines.everything(work, self.owner):
                lines.remove(work, self.owner, view.line.id)

        self.runner.run(self.app.write(use))

    def exported(self) -> bytes:
        """All lines as CSV."""

        def use(work: Work) -> str:
            return "".join(exporting.as_csv(exporting.rows(work, self.owner)))

        return self.runner.run(self.app.read(use)).encode()


def _add(work: Work) -> Owner:
    return people.add_owner(work, "anna@example.org")


_place = lru_cache(_Place)


def _sheet(random: Random, separator: str) -> str:
    heads = ["number", *random.sample(HEADS, k=random.randint(1, len(HEADS)))]
    rows = [heads]
    for _ in range(random.randint(1, 6)):
        number = f"+7916{random.randint(1000000, 1000400)}"
        sound = {"number": number, "operator": "mts", "renews_on": "2026-12-01", "fee": "300"}
        sane = random.random() < 0.6
        rows.append([sound.get(h, "") if sane else random.choice(CELLS) for h in heads])
    return "\n".join(separator.join(row) for row in rows)


def _file(random: Random) -> tuple[bytes, str | None, str | None]:
    """A file, with the encoding and the separator that are said of it."""
    separator, encoding = random.choice(SEPARATORS), random.choice(ENCODINGS)
    source = random.choice([_sheet(random, separator)] * 4 + list(SAMPLES))
    raw = bytearray(
        _cut(random, source, CELLS, random.choice([0, 0, 1, 4])).encode(encoding, "replace")
    )
    for _ in range(random.choice([0, 0, 0, 3])):
        at = random.randrange(len(raw) + 1)
        raw[at : at + 1] = bytes([random.randrange(256)])
    told = random.choice([None, None, encoding, random.choice([*ENCODINGS, "no-such"])])
    return bytes(raw), told, random.choice([None, None, separator, random.choice([";", "??"])])


def import_round(seed: int) -> str:
    """One file that no program wrote: taken or refused with reasons, counted row by row; refused
    whole it leaves nothing behind, and what is in can be taken out and brought back."""
    random, place = Random(seed), _place()
    if place.count() > MOST_LINES:
        place.empty()
    before = place.count()
    raw, encoding, separator = _file(random)
    wishes = Wishes(
        dry_run=random.random() < 0.2,
        keep_good=random.random() < 0.5,
        update=random.random() < 0.5,
        encoding=encoding,
        separator=separator,
    )

    async def hush(_rows: int, _share: float) -> None:
        """Nobody watches."""

    source = io.BytesIO(raw)
    try:
        report = place.runner.run(importing.run(place.app, place.owner, source, wishes, hush))
    except (InvalidInput, Conflict) as refused:
        why = str(refused)
    else:
        why = ""
    if why:
        assert place.count() == before
        return "refused whole"
    grown = report.counts[RowState.ADDED] if report.applied else 0
    assert place.count() == before + grown
    assert all(one.faults for one in report.items if one.state is RowState.REFUSED)
    if report.applied and random.random() < 0.1:
        again = io.BytesIO(place.exported())
        back = place.runner.run(
            importing.run(place.app, place.owner, again, Wishes(update=True), hush)
        )
        assert back.refused == 0, back.items[:3]
    return "taken" if report.applied else "rows refused"


SAMPLES = (
    samples.wallos_csv(),
    *(samples.as_text(one) for one in (samples.WALLOS, samples.SUBSTRACKER, samples.SIMNOTICE)),
    samples.as_text(samples.RENEWLET),
)
