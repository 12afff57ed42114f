"""Notices for the tests of the words: one line at MTS in every matter there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.loading import load
from reminder.domain.clocks import BalanceClock, Clocks, Enough, InactivityClock, RenewalClock
from reminder.domain.days import Days
from reminder.domain.forecast import Longer
from reminder.domain.ids import DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import ChargedBy, Clock, Line
from reminder.domain.money import Money
from reminder.domain.notice import Notice
from reminder.rendering.letterhead import Letterhead

TODAY = date(2026, 11, 24)
DAY = date(2026, 11, 27)
BASE = "https://reminder.example.org"
LANGUAGES = ("en", "ru", "zh")
LABELS = {"en": "Mum’s phone", "ru": "Мамин телефон", "zh": "妈妈的手机"}
VERBS = ("topped-up", "renewed", "used", "balance", "acknowledge", "snooze", "stop")
CATALOGUE: Catalogue = load()


def rubles(amount: int) -> Money:
    """An amount of whole rubles."""
    return Money(amount * 100, "RUB")


def line(label: str = "Mum’s phone", operator: str = "mts", **more: object) -> Line:
    """A line of 550 ₽ a month that the operator charges."""
    made = Line(
        id=LineId("lin_1"),
        owner=OwnerId("own_1"),
        number="+79161234542",
        operator=operator,
        currency="RUB",
        label=label,
        fee=rubles(550),
        charged_by=ChargedBy.OPERATOR,
        timezone="Europe/Moscow",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # names of fields


def renewal(covered: bool | None, short: int | None = None, on: date = DAY) -> Clocks:
    """Only the renewal clock runs."""
    missing = rubles(short) if short is not None else None
    left = (on - TODAY).days
    clock = RenewalClock(on, left, covered, left < 0, missing, unconfirmed=False)
    return Clocks(clock, None, None, Clock.RENEWAL)


def of_balance(on: date, *, low: bool = False, floor: int | None = None) -> Clocks:
    """Only the balance clock runs."""
    left, own = (on - TODAY).days, None if floor is None else rubles(floor)
    clock = BalanceClock(rubles(40), on, left, "burn_rate", on if low else None, None, own)
    return Clocks(None, clock, None, Clock.BALANCE)


def of_silence(on: date) -> Clocks:
    """Only the inactivity clock runs."""
    clock = InactivityClock(on, (on - TODAY).days, "operator", stale=True)
    return Clocks(None, None, clock, Clock.INACTIVITY)


def notice(clocks: Clocks, clock: Clock = Clock.RENEWAL, **more: object) -> Notice:
    """A notice of the leading deadline of these clocks."""
    deadline = clocks.deadline(clock) or DAY
    made = Notice(
        id=ReminderId("rem_1"),
        clock=clock,
        also=(),
        deadline=deadline,
        lead_days=3,
        days_left=(deadline - TODAY).days,
        late=False,
        missed=False,
        covered=False,
        line=line(),
        clocks=clocks,
        seen=(rubles(250), date(2026, 11, 21)),
        asks_for_reading=False,
        next_due_at=datetime(2026, 11, 26, 1, 0, tzinfo=UTC),
        zone="Asia/Shanghai",
        due_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # names of fields


def labelled(one: Notice, language: str) -> Notice:
    """The same notice of a line with a name in that language."""
    return replace(one, line=replace(one.line, label=LABELS[language]))


def cases() -> dict[str, Notice]:
    """A notice for every matter, and for its day, its past and its variants."""
    past, soon = TODAY - timedelta(days=3), date(2027, 1, 3)
    own = line(charged_by=ChargedBy.OWNER)
    floor = line(low_balance=rubles(100))
    return {
        "short": notice(renewal(False, 330)),
        "short_today": notice(renewal(False, 330, TODAY)),
        "unknown": notice(renewal(None)),
        "unknown_today": notice(renewal(None, on=TODAY), seen=None),
        "covered": notice(renewal(True)),
        "covered_today": notice(renewal(True, on=TODAY)),
        "date_only": notice(renewal(None), line=line(fee=None, charged_by=ChargedBy.OWNER)),
        "own_fee": notice(renewal(None), line=own),
        "own_fee_today": notice(renewal(None, on=TODAY), line=own),
        "passed": notice(renewal(False, 330, past), next_due_at=None),
        "passed_own": notice(renewal(None, on=past), line=own, missed=True, late=True),
        "autopay": notice(renewal(True), line=line(autopay=True)),
        "autopay_no_fee": notice(renewal(None), line=line(autopay=True, fee=None)),
        "lasts": notice(of_balance(soon), Clock.BALANCE),
        "longer": notice(
            of_balance(soon),
            Clock.BALANCE,
            longer=Longer(rubles(295), date(2026, 12, 31), None, None),
        ),
        "used_up": notice(of_balance(past), Clock.BALANCE),
        "falls": notice(of_balance(soon, floor=100), Clock.BALANCE, line=floor),
        "low": notice(of_balance(TODAY, low=True), Clock.BALANCE, line=floor),
        "low_sum": notice(
            of_balance(TODAY, low=True),
            Clock.BALANCE,
            line=floor,
            lacking=rubles(60),
            longer=Longer(rubles(360), date(2026, 12, 31), rubles(300), rubles(100)),
        ),
        "silence": notice(of_silence(date(2026, 12, 10)), Clock.INACTIVITY),
        "silence_today": notice(of_silence(TODAY), Clock.INACTIVITY),
        "silence_passed": notice(of_silence(past), Clock.INACTIVITY),
        "late": notice(renewal(False, 330), late=True),
        "down": notice(renewal(False, 330), late=True, down=True),
        "two": notice(
            renewal(False, 330),
            use=rubles(5),
            for_two=Enough(rubles(1030), date(2026, 12, 27)),
        ),
        "asks": notice(renewal(None), asks_for_reading=True),
        "asks_unseen": notice(renewal(None), asks_for_reading=True, seen=None),
        "also": notice(renewal(False, 330), also=(Clock.BALANCE, Clock.INACTIVITY)),
        "also_floor": notice(
            replace(of_balance(DAY, floor=100), renewal=renewal(False, 330).renewal),
            also=(Clock.BALANCE,),
            line=floor,
        ),
        "other": notice(renewal(None), line=line(operator="other")),
        "own_link": notice(
            renewal(None), line=line(operator="other", top_up_url="https://pay.example.net/x")
        ),
        "same_zone": notice(renewal(False, 330), line=line(timezone="Asia/Shanghai")),
    }


def links(one: Notice, language: str) -> dict[str, str]:
    """The addresses that the engine gives a reminder."""
    found = {v.replace("-", "_"): f"{BASE}/a/{v}/8mQ3vKx0RfWc2LhTn7Yb1A" for v in VERBS}
    found["how_to_top_up"] = f"{BASE}/operators/{one.line.operator}?language={language}"
    official = CATALOGUE.get(one.line.operator).official_link
    return found | ({"official": official.url} if official else {})


def head(language: str, *notices: Notice) -> Letterhead:
    """A letterhead to an owner in Shanghai, with the links of these notices."""
    return Letterhead(
        delivery=DeliveryId("dlv_1"),
        owner=OwnerId("own_1"),
        language=language,
        due_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
        today=TODAY,
        days=Days("Asia/Shanghai"),
        base_url=BASE,
        unsubscribe_url=f"{BASE}/a/unsubscribe/Wd0uN4jCp6OaI9rKm3Qv7e",
        not_mine_url=f"{BASE}/a/not-mine/Wd0uN4jCp6OaI9rKm3Qv7e",
        links={one.id: links(one, language) for one in notices},
        operators={o.id: o for o in CATALOGUE.all()},
    )
