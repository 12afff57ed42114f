"""Try a site's own templates before they are used: each prints the hardest messages there are, and
one that cannot is named with its file, its line and what is missing, and is left aside."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError

from reminder.catalogue.catalogue import Catalogue
from reminder.domain.clocks import BalanceClock, Clocks, InactivityClock, RenewalClock
from reminder.domain.days import Days
from reminder.domain.delivery import Format
from reminder.domain.forecast import Longer
from reminder.domain.ids import DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import ChargedBy, Clock, Line
from reminder.domain.money import Money
from reminder.domain.notice import Notice
from reminder.rendering import messages
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.templating import BadTemplate, Own, Templates, shipped_names

MOST_STEPS = 100_000
MOST_BYTES = 256_000
_LANGUAGES = ("en", "ru", "zh")
_HARD = "«\"'<b>&\\ ]]> {{ }} </script> 妈妈 👩\u200d👧 *_~`[x](y)» " + "x" * 60
_URL = "https://reminder.example.org"
_DAY = date(2026, 11, 27)
_NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_VERBS = ("topped_up", "renewed", "used", "balance", "acknowledge", "snooze", "stop")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a template of the site's own is not used; ``line`` is 0 where none can be named."""

    path: Path
    line: int
    why: str

    def __str__(self) -> str:
        """One sentence for the person who runs the service."""
        where = f"{self.path}, line {self.line}" if self.line else str(self.path)
        return f"{where}: {self.why}. The shipped template is used instead"


class EndlessTemplate(RuntimeError):
    """A template goes round and round."""


def proved(folder: Path, catalogue: Catalogue) -> tuple[Templates, tuple[Fault, ...]]:
    """The templates with those of a folder that print everything, and what is wrong with the
    others. A missing folder is none."""
    own, faults = _read(folder)
    while own:
        fault = _first_fault(Templates.with_own(own), catalogue)
        if fault is None:
            break
        faults.append(fault)
        own = {name: held for name, held in own.items() if held.path != fault.path}
    return Templates.with_own(own), tuple(faults)


def _read(folder: Path) -> tuple[dict[str, Own], list[Fault]]:
    own: dict[str, Own] = {}
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*.j2")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if name not in shipped_names() and not path.name.startswith("_"):
            faults.append(Fault(path, 0, "no message has a template of this name"))
            continue
        try:
            source = path.read_bytes()[: MOST_BYTES + 1]
            text = source.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(path, 0, f"it cannot be read: {error}"))
            continue
        if len(source) > MOST_BYTES:
            faults.append(Fault(path, 0, f"it is larger than {MOST_BYTES} bytes"))
        else:
            own[name] = Own(path, text)
    return own, faults


def _first_fault(templates: Templates, catalogue: Catalogue) -> Fault | None:
    own = templates.own
    strict = replace(templates, strict=True)
    for proof in _proofs(strict, catalogue):
        try:
            with _counted(frozenset(str(held.path) for held in own.values())):
                proof()
        except Exception as error:  # noqa: BLE001 - whatever breaks is what is wrong with it
            return _named(error, own)
    return None


def _named(error: Exception, own: Mapping[str, Own]) -> Fault:
    """Where in the site's own files it broke; Jinja puts their names and lines in the traceback."""
    paths = {str(held.path): held.path for held in own.values()}
    path, line = next(iter(paths.values())), 0
    if isinstance(error, TemplateSyntaxError):
        path, line = paths.get(error.filename or "", path), error.lineno
    if isinstance(error, BadTemplate) and error.template in own:
        path = own[error.template].path
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name in paths:
            path, line = paths[name], step.tb_lineno
        step = step.tb_next
    why = f"there is no template {error}" if isinstance(error, TemplateNotFound) else str(error)
    return Fault(path, line, " ".join(why.split()).rstrip(".") or type(error).__name__)


@contextmanager
def _counted(files: frozenset[str]) -> Iterator[None]:
    """Break what takes more than so many steps in these files."""
    left = MOST_STEPS

    def step(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - typed so there
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        left -= event == "line"
        if left < 0:
            raise EndlessTemplate(f"it takes more than {MOST_STEPS} steps")
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        yield
    finally:
        sys.settrace(before)


def _proofs(templates: Templates, catalogue: Catalogue) -> Iterator[Callable[[], object]]:
    """Every message that these templates have a part in, in every language and format, with the
    hardest values."""
    names = set(templates.own)
    chats = {name for name in names if name.startswith("chats/")}
    forms = [
        form
        for form in Format
        if form.is_chat and (f"chats/{form}.json.j2" in chats or _has_part(chats))
    ]
    for language in _LANGUAGES:
        head = _head(templates, catalogue, language)
        if names - chats:
            yield from _of_mail(head)
        for form in forms:
            yield from _of_chat(replace(head, format=form))


def _has_part(names: set[str]) -> bool:
    return any(name.rpartition("/")[2].startswith("_") for name in names)


def _of_mail(head: Letterhead) -> Iterator[Callable[[], object]]:
    for notices in _hardest(50):
        yield partial(messages.reminder_message, head, notices)
        yield partial(messages.second_message, head, notices, _HARD)
    yield partial(messages.confirmation_message, head, f"{_URL}/a/confirm/x")
    private = replace(head, unsubscribe_url="")
    for letter in (messages.sign_in_message, messages.sign_up_message, messages.erase_message):
        yield partial(letter, private, f"{_URL}/sign-in/x", _HARD)
    yield partial(messages.failing_message, head, _HARD)


def _of_chat(head: Letterhead) -> Iterator[Callable[[], object]]:
    yield partial(messages.test_message, head)
    yield partial(messages.failing_message, head, _HARD)
    for notices in _hardest(10):
        yield partial(messages.reminder_payload, head, notices)
        yield partial(messages.second_message, head, notices, _HARD)


def _head(templates: Templates, catalogue: Catalogue, language: str) -> Letterhead:
    links = {verb: f"{_URL}/a/{verb}/{'t' * 70}" for verb in _VERBS}
    return Letterhead(
        delivery=DeliveryId("dlv_proof"),
        owner=OwnerId("own_proof"),
        language=language,
        due_at=_NOON,
        today=_NOON.date(),
        days=Days("Asia/Shanghai"),
        base_url=_URL,
        unsubscribe_url=f"{_URL}/a/unsubscribe/x",
        not_mine_url=f"{_URL}/a/not-mine/x",
        links={ReminderId(f"rem_{i}"): links for i in range(50)},
        operators={one.id: one for one in catalogue.all()},
        templates=templates,
    )


def _hardest(most: int) -> Iterator[list[Notice]]:
    """A line of each matter alone; then as many as one message holds."""
    alone = [*_matters()]
    for one in alone:
        yield [one]
    many = [alone[i % len(alone)] for i in range(most)]
    yield [
        replace(one, id=ReminderId(f"rem_{i}"), line=replace(one.line, id=LineId(f"lin_{i}")))
        for i, one in enumerate(many)
    ]


def _matters() -> Iterator[Notice]:
    short, money = Money(33000, "RUB"), Money(4000, "RUB")
    silence = InactivityClock(_DAY, 3, "operator", stale=True)
    renewal = RenewalClock(_DAY, 3, False, False, short, unconfirmed=True)
    use = BalanceClock(money, _DAY, 3, "burn_rate")
    whole = Clocks(renewal, use, silence, Clock.RENEWAL)
    yield _notice(whole, Clock.RENEWAL, also=(Clock.BALANCE, Clock.INACTIVITY), late=True)
    yield _notice(replace(whole, renewal=replace(renewal, covered=True, short=None)), Clock.RENEWAL)
    unknown = Clocks(replace(renewal, covered=None, short=None), None, None, Clock.RENEWAL)
    yield _notice(unknown, Clock.RENEWAL, seen=None, asks_for_reading=True, next_due_at=None)
    yield _notice(unknown, Clock.RENEWAL, line=_line(operator="other", fee=None))
    more = Longer(Money(36000, "RUB"), _DAY, Money(30000, "RUB"), None)
    yield _notice(Clocks(None, use, None, Clock.BALANCE), Clock.BALANCE, longer=more)
    yield _notice(Clocks(None, None, silence, Clock.INACTIVITY), Clock.INACTIVITY)
    past = _DAY - timedelta(days=9)
    over = Clocks(replace(renewal, on=past, days_left=-6), None, None, Clock.RENEWAL)
    yield _notice(over, Clock.RENEWAL, deadline=past, days_left=-6, missed=True)


def _line(**changes: object) -> Line:
    made = Line(
        id=LineId("lin_0"),
        owner=OwnerId("own_proof"),
        number="+79161234542",
        operator="mts",
        currency="RUB",
        label=_HARD,
        fee=Money(55000, "RUB"),
        charged_by=ChargedBy.OPERATOR,
        timezone="Europe/Moscow",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


def _notice(clocks: Clocks, clock: Clock, **changes: object) -> Notice:
    made = Notice(
        id=ReminderId("rem_0"),
        clock=clock,
        also=(),
        deadline=_DAY,
        lead_days=3,
        days_left=3,
        late=False,
        missed=False,
        covered=False,
        line=_line(),
        clocks=clocks,
        seen=(Money(25000, "RUB"), _DAY - timedelta(days=6)),
        asks_for_reading=False,
        next_due_at=_NOON + timedelta(days=2),
        zone="Asia/Shanghai",
        due_at=_NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields
