"""Subjects: the owner's own name for the number, then the fact (DESIGN section 16)."""

from __future__ import annotations

from reminder.rendering import display
from reminder.rendering.naming import fit
from reminder.rendering.telling import Matter, Telling
from reminder.rendering.translation import Speech

_FAR = 180
_LONGEST = {"en": 50, "ru": 50, "zh": 28}


def subject(this: Telling) -> str:
    """The subject of a message about one reminder: one line, the name cut so that it fits."""
    fact = _fact(this)
    room = _LONGEST[this.language] - len(this.speech.say("{name}: {fact}", name="", fact=""))
    name = fit(this.name, fact, room)
    return this.speech.say("{name}: {fact}", name=name, fact=fact)


def digest_subject(speech: Speech, lines: int, *, covered: bool) -> str:
    """The subject of a message about several lines; ``covered``: none of them needs anybody."""
    if covered:
        return speech.count("{n} number, covered", "{n} numbers, covered", lines)
    return speech.count("{n} number needs you", "{n} numbers need you", lines)


def _fact(this: Telling) -> str:
    match this.matter:
        case Matter.SHORT | Matter.UNKNOWN | Matter.COVERED:
            return _of_fee(this)
        case Matter.TO_PAY:
            return _to_pay(this)
        case Matter.PASSED:
            return this.speech.say("paid on {day}?", day=_day(this))
        case Matter.AUTOPAY:
            return this.speech.say("automatic payment on {day}", day=_day(this))
        case Matter.LASTS:
            if this.notice.days_left <= 0:
                return this.speech.say("by our count the money is used up")
            return this.speech.say("money lasts until about {day}", day=_day(this))
        case Matter.LOW:
            return this.speech.say("less than {floor} is left", floor=this.floor)
        case Matter.FALLS:
            day = _day(this)
            return this.speech.say("less than {floor} from about {day}", floor=this.floor, day=day)
        case Matter.SILENCE:
            return _silence(this)


def _day(this: Telling) -> str:
    """The deadline; its year only where it is far, since a subject is short."""
    deadline = this.notice.deadline
    near = abs(this.notice.days_left) < _FAR
    return display.date_short(deadline, this.language, deadline if near else this.head.today)


def _of_fee(this: Telling) -> str:
    say, fee, short, day = this.speech.say, this.fee, this.short, _day(this)
    match this.matter, this.is_today:
        case Matter.SHORT, True:
            return say("{fee} is charged today, {short} short", fee=fee, short=short)
        case Matter.SHORT, False:
            return say("{short} short for {day}", short=short, day=day)
        case Matter.COVERED, True:
            return say("{fee} is charged today, covered", fee=fee)
        case Matter.COVERED, False:
            return say("{fee} on {day}, covered", fee=fee, day=day)
        case _, True:
            return say("{fee} today, balance not known", fee=fee)
        case _:
            return say("{fee} on {day}, balance not known", fee=fee, day=day)


def _to_pay(this: Telling) -> str:
    say, fee, day = this.speech.say, this.fee, _day(this)
    if this.is_today:
        return say("to pay {fee} today", fee=fee) if fee else say("to pay today")
    return (
        say("to pay {fee} by {day}", fee=fee, day=day) if fee else say("to pay by {day}", day=day)
    )


def _silence(this: Telling) -> str:
    if this.is_today:
        return this.speech.say("use it once today")
    if this.notice.days_left < 0:
        return this.speech.say("was it used before {day}?", day=_day(this))
    return this.speech.say("use it once before {day}", day=_day(this))
