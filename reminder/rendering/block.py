"""One line's part of a message: everything a template prints about it, ready to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from reminder.domain.line import ChargedBy, Clock, Plan
from reminder.domain.quick import quick
from reminder.domain.schedule import day_start, local_date
from reminder.rendering import display
from reminder.rendering.naming import title_of
from reminder.rendering.sentences import asking, heading, joined, lateness, sentences
from reminder.rendering.telling import Matter, Telling
from reminder.rendering.translation import Speech
from reminder.rendering.ways import Ways, ways_of

_NARROWEST, _WIDEST = 4, 96
_ALWAYS = ("snooze", "acknowledge", "stop")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: what it is, and the value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Action:
    """An action link: the words of the button, the address, and what it does."""

    label: str
    url: str
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """What is there and what is missing of a fee, as widths in per cent and in words."""

    have: int
    lack: int
    have_words: str
    lack_words: str


@quick
@dataclass(frozen=True, slots=True)
class Brief:
    """One reminder in a few lines, ready to print. Empty strings are left out."""

    title: str
    heading: str
    late: str
    body: str
    ways: Ways


@dataclass(frozen=True, slots=True)
class Block(Brief):
    """One reminder in full, ready to print. Empty strings and None are left out by the
    templates."""

    rows: tuple[Row, ...]
    bar: Bar | None
    actions: tuple[Action, ...]
    upcoming: str


def block(this: Telling) -> Block:
    """Make the part of a message that is about one reminder."""
    short = brief(this)
    return Block(
        title=short.title,
        heading=short.heading,
        late=short.late,
        body=short.body,
        ways=short.ways,
        rows=_rows(this, short.title),
        bar=_bar(this),
        actions=_actions(this),
        upcoming=_upcoming(this),
    )


def brief(this: Telling) -> Brief:
    """Make what a chat or a machine is told of one reminder."""
    return briefs([this])[0]


def briefs(those: Sequence[Telling]) -> list[Brief]:
    """The same of many, each step for all of them."""
    titles = [title_of(x.notice.line, x.operator, x.language, x.among) for x in those]
    headings = [heading(this) for this in those]
    bodies = [joined(this, [asking(this), sentences(this)]) for this in those]
    rows = zip(titles, headings, map(lateness, those), bodies, map(ways_of, those), strict=True)
    return [Brief(*row) for row in rows]


def _rows(this: Telling, title: str) -> tuple[Row, ...]:
    say = this.speech.say
    found = [
        (say("Number"), title),
        (say("Fee") if this.fee else say("Day"), _fee(this)),
        (say("In your time"), _your_time(this)),
        (say("Balance"), balance_of(this)),
        (say("Use"), _use(this)),
        _for_two(this),
        (say("Number safe until"), _safe_until(this)),
    ]
    return tuple(Row(label, value) for label, value in found if value)


def _fee(this: Telling) -> str:
    notice, say = this.notice, this.speech.say
    if notice.clock is not Clock.RENEWAL:
        return ""
    day = this.weekday()
    if this.elsewhere:
        zone = display.zone_time(notice.line.timezone, this.language)
        day = say("{day}, {zone}", day=day, zone=zone)
    return say("{fee}, {day}", fee=this.fee, day=day) if this.fee else day


def _your_time(this: Telling) -> str:
    """The owner's own time at which the operator's day begins, where it is another."""
    notice = this.notice
    if notice.clock is not Clock.RENEWAL or not this.elsewhere:
        return ""
    begins = day_start(notice.deadline, notice.line.timezone)
    return this.speech.say("from {moment}", moment=_moment(this, begins))


def _moment(this: Telling, at: datetime) -> str:
    """An instant where the owner is then: ``Thu 26 Nov, 09:00``."""
    there = this.head.days.zone_at(at)
    day = display.date_long(local_date(at, there), this.language, this.head.today)
    time = display.time_of_day(at, there)
    return this.speech.say("{day}, {time}", day=day, time=time)


def balance_of(this: Telling) -> str:
    """The last balance a person stated, with its day, and what it has come to since by our count;
    ``""`` where none matters."""
    notice, say = this.notice, this.speech.say
    if notice.clock is Clock.INACTIVITY or notice.line.plan is Plan.POSTPAID:
        return ""
    if notice.seen is None:
        return say("not known")
    amount, on = notice.seen
    stated = say("{balance} on {day}", balance=this.sum(amount), day=this.day(on))
    clock = notice.clocks.balance
    if clock is None or clock.projected in {None, amount}:
        return stated
    return say("about {balance} today; {stated}", balance=this.sum(clock.projected), stated=stated)


def _use(this: Telling) -> str:
    use = this.notice.use
    if use is None or this.notice.clock is Clock.INACTIVITY:
        return ""
    return this.speech.say("about {use} a day", use=this.sum(use))


def _for_two(this: Telling) -> tuple[str, str]:
    """What carries two fees, where one is short."""
    ahead, say = this.notice.for_two, this.speech.say
    if ahead is None or this.matter is not Matter.SHORT:
        return "", ""
    label = say("For two fees, to {day}", day=this.day(ahead.until))
    return label, say("top up {amount}", amount=this.sum(ahead.amount))


def _safe_until(this: Telling) -> str:
    clock = this.notice.clocks.inactivity
    if clock is None or clock.days_left < 0:
        return ""
    return this.speech.say("about {day}", day=_whole(this, clock.lost_on))


def _whole(this: Telling, day: date) -> str:
    return display.date_short(day, this.language, this.head.today)


def _bar(this: Telling) -> Bar | None:
    """The picture of a fee that is short in part; None where nothing is there."""
    fee, there = this.notice.line.fee, this.there
    if this.matter is not Matter.SHORT or fee is None or there is None or there.minor <= 0:
        return None
    have = min(max(round(100 * there.minor / fee.minor), _NARROWEST), _WIDEST)
    say, known = this.speech.say, this.sum(there)
    words = say("{there} is there", there=known)
    if not this.is_today:
        words = say("{there} will be there", there=known)
    return Bar(have, 100 - have, words, say("{short} short", short=this.short))


def _actions(this: Telling) -> tuple[Action, ...]:
    """The action links that fit, the main one first; a verb without an address is left out."""
    labels = _labels(this.speech)
    links = this.head.links.get(this.notice.id, {})
    return tuple(
        Action(labels[verb], links[verb], verb) for verb in _verbs(this) if links.get(verb)
    )


@lru_cache(maxsize=16)
def _labels(speech: Speech) -> Mapping[str, str]:
    say = speech.say
    return {
        "topped_up": say("I topped up"),
        "renewed": say("It is paid"),
        "used": say("I used it"),
        "balance": say("Tell the balance"),
        "snooze": say("Remind me tomorrow"),
        "acknowledge": say("No more about this date"),
        "stop": say("Stop writing about this number"),
    }


def _verbs(this: Telling) -> list[str]:
    line, first = this.notice.line, ["topped_up"]
    if this.matter is Matter.SILENCE:
        first = ["used"]
    elif this.matter in (Matter.COVERED, Matter.AUTOPAY):
        first = ["acknowledge"]
    elif this.matter is Matter.TO_PAY or line.charged_by is ChargedBy.OWNER:
        first = ["renewed"] if this.notice.clock is Clock.RENEWAL else ["topped_up"]
    elif this.matter is Matter.PASSED:
        first = ["topped_up", "renewed"]
    if Clock.INACTIVITY in this.notice.also:
        first = [*first, "used"]
    if this.notice.asks_for_reading or this.matter is Matter.UNKNOWN:
        first = [*first, "balance"]
    return [*first, *(verb for verb in _ALWAYS if verb not in first)]


def _upcoming(this: Telling) -> str:
    at, say = this.notice.next_due_at, this.speech.say
    if at is None:
        return say("No other reminder of this number is foreseen now.")
    moment = _moment(this, at)
    there = this.head.days.zone_at(at)
    if {there} != {this.head.zone, this.notice.line.timezone}:
        city = display.city(there, this.language)
        moment = say("{moment} ({city})", moment=moment, city=city)
    if this.whose:
        return say("Next reminder: {moment}.", moment=moment)
    return say("Next reminder: {moment}, unless you tell us that it is done.", moment=moment)
