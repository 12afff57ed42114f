"""Heading and sentences of one reminder: what to do, by when, and why (DESIGN sections 15, 16)."""

from __future__ import annotations

from reminder.catalogue.values import CheckKind
from reminder.domain.line import Clock
from reminder.rendering.telling import Matter, Telling

MOST_STEPS = 2
KEEPING = "keepalive.service_url"


def heading(this: Telling) -> str:
    """What to do, in one short line."""
    say, day = this.speech.say, this.weekday()
    match this.matter:
        case Matter.SHORT | Matter.UNKNOWN | Matter.COVERED:
            return _have(this)
        case Matter.TO_PAY:
            return _pay(this)
        case Matter.PASSED:
            return say("Was the fee of {day} paid?", day=day)
        case Matter.AUTOPAY:
            return say("Check that the card behind the automatic payment is good")
        case Matter.LASTS | Matter.FALLS | Matter.LOW:
            return _top_up(this)
        case Matter.SILENCE:
            return _use(this)


def _have(this: Telling) -> str:
    say, fee, short, day = this.speech.say, this.fee, this.short, this.weekday()
    match this.matter, this.is_today:
        case Matter.SHORT, True:
            return say("Top up at least {short} today", short=short)
        case Matter.SHORT, False:
            return say("Top up at least {short} before {day}", short=short, day=day)
        case Matter.COVERED, _:
            return say("Nothing to do: {fee} for {day} is there", fee=fee, day=day)
        case _, True:
            return say("Check that {fee} is there today", fee=fee)
        case _:
            return say("Check that {fee} is there before {day}", fee=fee, day=day)


def _pay(this: Telling) -> str:
    say, fee, day = this.speech.say, this.fee, this.weekday()
    if this.is_today:
        return say("Pay {fee} today", fee=fee) if fee else say("Pay for this number today")
    if fee:
        return say("Pay {fee} by {day}", fee=fee, day=day)
    return say("Pay for this number by {day}", day=day)


def _top_up(this: Telling) -> str:
    say = this.speech.say
    if this.matter is Matter.LOW and this.lacking:
        return say("Top up at least {short}", short=this.lacking)
    if this.matter is Matter.LOW:
        return say("Top up: less than {floor} is left", floor=this.floor)
    if this.notice.days_left <= 0:
        return say("Top up: by our count the money is used up")
    return say("Top up before {day}", day=this.weekday())


def _use(this: Telling) -> str:
    say, day = this.speech.say, this.weekday()
    if this.is_today:
        return say("Use this number once today")
    if this.notice.days_left < 0:
        return say("Was this number used before {day}?", day=day)
    return say("Use this number once before {day}", day=day)


def lateness(this: Telling) -> str:
    """Why the message comes late; ``""`` when it does not."""
    if not this.notice.late:
        return ""
    day = this.day(this.head.days.of(this.notice.due_at))
    if this.notice.down:
        return this.speech.say("We were down on {day}. This is the message of that day.", day=day)
    return this.speech.say("This message is late: it was meant for {day}.", day=day)


def asking(this: Telling) -> str:
    """The request for a new reading with the operator's code; ``""`` when none is asked for."""
    if not this.notice.asks_for_reading:
        return ""
    parts = [this.speech.say("The balance is not known."), _how_to_check(this)]
    if this.notice.seen:
        age = max((this.head.today - this.notice.seen[1]).days, 0)
        parts[0] = this.speech.count(
            "This balance is {n} day old.", "This balance is {n} days old.", age
        )
    return joined(this, parts)


def _how_to_check(this: Telling) -> str:
    say = this.speech.say
    checks = this.operator.balance_checks if this.operator else ()
    for check in (fact.value for fact in checks):
        if check.kind is CheckKind.USSD:
            return say("Dial {code} and check.", code=check.code)
        if check.kind is CheckKind.SMS and check.to:
            return say("Send {code} to {to} and check.", code=check.code, to=check.to)
    return say("Check it with {operator}.", operator=this.network)


def sentences(this: Telling) -> str:
    """What happens, when and what is there: one paragraph."""
    match this.matter:
        case Matter.SHORT | Matter.UNKNOWN | Matter.COVERED | Matter.AUTOPAY:
            parts = _charge(this)
        case Matter.TO_PAY:
            parts = [_noted(this)]
        case Matter.PASSED:
            parts = _passed(this)
        case Matter.LASTS | Matter.FALLS | Matter.LOW:
            parts = [*_money(this), *_longer(this)]
        case Matter.SILENCE:
            parts = _quiet(this)
    return joined(this, [*parts, *_also(this)])


def joined(this: Telling, parts: list[str]) -> str:
    """Sentences one after another, as the language parts them."""
    return ("" if this.language == "zh" else " ").join(part for part in parts if part)


def _noted(this: Telling) -> str:
    day, operator = this.weekday(), this.network
    say = this.speech.say
    return say("You noted {day} as the day to pay {operator}.", day=day, operator=operator)


def _charge(this: Telling) -> list[str]:
    say, when, operator, fee = this.speech.say, this.when, this.network, this.fee
    if this.matter is Matter.AUTOPAY:
        if not fee:
            return [say("{when} the automatic payment is made.", when=when)]
        automatic = say(
            "{when} {operator} takes {fee} by automatic payment.",
            when=when,
            operator=operator,
            fee=fee,
        )
        return [automatic]
    charge = say("{when} {operator} charges {fee}.", when=when, operator=operator, fee=fee)
    return [charge, _what_is_there(this), _unconfirmed(this)]


def _what_is_there(this: Telling) -> str:
    say = this.speech.say
    if this.matter is Matter.COVERED:
        return say("By what you told us, the balance covers it.")
    if this.matter is Matter.SHORT:
        there = this.sum(this.there)
        if this.is_today:
            return say("About {there} is there.", there=there)
        return say("About {there} will be there.", there=there)
    if this.notice.asks_for_reading:
        return ""
    if this.notice.seen:
        amount, on = this.sum(this.notice.seen[0]), this.day(this.notice.seen[1])
        return say("The last balance we know is {balance} on {day}.", balance=amount, day=on)
    return say("The balance is not known.")


def _unconfirmed(this: Telling) -> str:
    clock = this.notice.clocks.renewal
    if clock is None or not clock.unconfirmed:
        return ""
    return this.speech.say("Whether the fee before this one was charged is not known.")


def _passed(this: Telling) -> list[str]:
    say = this.speech.say
    tell = say("If it is done, tell us below, and we stop asking.")
    if this.short:
        return [say("By our count {short} is still missing.", short=this.short), tell]
    return [say("We do not know whether it was."), tell]


def _money(this: Telling) -> list[str]:
    say, clock = this.speech.say, this.notice.clocks.balance
    there = this.sum(clock.projected) if clock else ""
    today = say("By our count about {there} is there today.", there=there) if there else ""
    if this.matter is Matter.LOW:
        return [today, say("You asked to be told when it falls under {floor}.", floor=this.floor)]
    if this.matter is Matter.FALLS:
        day = this.weekday()
        return [today, say("It falls under {floor} around {day}.", floor=this.floor, day=day)]
    if this.notice.days_left <= 0:
        return [today]
    return [today, say("It lasts until about {day}.", day=this.weekday())]


def _longer(this: Telling) -> list[str]:
    """What to pay in so that it lasts longer."""
    say, more = this.speech.say, this.notice.longer
    if more is None:
        return []
    amount, day = this.sum(more.amount), this.day(more.until)
    told = say("To make it last until {day}, top up at least {amount}.", day=day, amount=amount)
    if more.left:
        told = say(
            "To have {floor} left on {day}, top up at least {amount}.",
            floor=this.sum(more.left),
            day=day,
            amount=amount,
        )
    fees = this.sum(more.fees)
    return [told, say("Fees of {fees} are counted in.", fees=fees) if fees else ""]


def _quiet(this: Telling) -> list[str]:
    say, operator = this.speech.say, this.network
    rule = this.operator.keepalive.in_force if this.operator else None
    clock = this.notice.clocks.inactivity
    parts = [
        say(
            "Make a call or send a text: {operator} may give an unused number to somebody else.",
            operator=operator,
        )
    ]
    if rule and rule.value.about and this.notice.line.inactivity_days is None:
        parts.append(say("The term is not exact: it depends on the tariff."))
    if clock and clock.stale:
        parts.append(say("This rule was last checked more than six months ago."))
    return [*parts, *_steps(this), _keeping(this)]


def _steps(this: Telling) -> list[str]:
    """What comes next of the loss: after the date the step that stands, then the following two."""
    clock, today = this.notice.clocks.inactivity, this.head.today
    dated = [(s.on, s.words) for s in clock.stages if s.on] if clock else []
    stands = [one for one in dated if one[0] <= today][-1:] if this.notice.days_left < 0 else []
    ahead = [one for one in dated if one[0] > today][:MOST_STEPS]
    return [
        this.speech.say("From {day}: {words}", day=this.day(on), words=words[this.language])
        for on, words in [*stands, *ahead]
    ]


def _keeping(this: Telling) -> str:
    """The operator's paid service that keeps a silent number, where it has one."""
    links = this.operator.links if this.operator else ()
    url = next((one.fact.value for one in links if one.topic == KEEPING), "")
    if not url:
        return ""
    return this.speech.say(
        "The operator has a paid service that keeps an unused number: {url}", url=url
    )


def _also(this: Telling) -> list[str]:
    texts = []
    if Clock.BALANCE in this.notice.also:
        texts.append(_money_too(this))
    if Clock.INACTIVITY in this.notice.also:
        texts.append(this.speech.say("Make a call or send a text before that day as well."))
    return texts


def _money_too(this: Telling) -> str:
    say, money = this.speech.say, this.notice.clocks.balance
    if money is None or money.floor is None:
        return say("By our count the money lasts until about the same day.")
    return say("By our count less than {floor} is left from about the same day.", floor=this.floor)
