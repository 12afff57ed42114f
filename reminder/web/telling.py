"""What a page says of one number: level, instruction, reason, clocks, all ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from markupsafe import Markup

from reminder.catalogue.values import CheckKind
from reminder.domain import glance, track
from reminder.domain.balance import last_reading
from reminder.domain.clocks import BalanceClock
from reminder.domain.forecast import lacking, longer
from reminder.domain.glance import SOON_MONEY_DAYS, Level
from reminder.domain.line import ChargedBy, Clock, LineState
from reminder.domain.money import Money
from reminder.service.lines import LineView
from reminder.web.clock_rows import ClockRow, clock_rows
from reminder.web.visit import Visit
from reminder.web.words import mark

OLD_READING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a card, in percent of its width: what is there or gone, and what is missing."""

    kind: str
    part: str
    rest: str
    left: Markup
    right: Markup


@dataclass(frozen=True, slots=True)
class Card:
    """One number on the board and on its own page. ``stop`` ends ``todo`` where ``why`` does not
    run on from it."""

    view: LineView
    id: str
    name: str
    operator: str
    number: str
    level: Level
    word: Markup
    chip: Markup
    todo: Markup
    stop: str
    why: Markup
    clocks: tuple[ClockRow, ...]
    bar: Bar | None
    seen: Markup
    done_verb: str


def name_of(view: LineView, language: str) -> str:
    """The owner's own name for a number, else the operator and the last two digits."""
    operator = view.operator.names.in_(language)
    return view.line.label or f"{operator} …{view.line.number[-2:]}"


def deadline_of(view: LineView) -> date | None:
    """The day of the leading clock."""
    return view.clocks.deadline(view.clocks.leading) if view.clocks.leading else None


def level_of(view: LineView, today: date) -> Level:
    """How soon the number needs somebody."""
    known = glance.is_known(view.line, view.clocks)
    leading = view.clocks.leading
    return glance.level(view.standing.state, leading, deadline_of(view), today, known=known)


def card(visit: Visit, view: LineView) -> Card:
    """Tell one number."""
    level, lead = level_of(view, visit.today), deadline_of(view)
    todo, why = instruction(visit, view)
    return Card(
        view=view,
        id=view.line.id,
        name=name_of(view, visit.language),
        operator=view.operator.names.in_(visit.language),
        number=visit.number(view.line.number, view.line.owner),
        level=level,
        word=_word(visit, level),
        chip=_chip(visit, view, level, lead),
        todo=todo,
        stop=_stop(visit, view, todo),
        why=why,
        clocks=clock_rows(visit, view),
        bar=_bar(visit, view),
        seen=_seen(visit, view),
        done_verb=_done_verb(view),
    )


def _stop(visit: Visit, view: LineView, todo: Markup) -> str:
    """What parts the instruction from a reason that is a sentence of its own."""
    leads, renewal, silent = view.clocks.leading, view.clocks.renewal, view.clocks.inactivity
    money = view.clocks.balance if leads is Clock.BALANCE else None
    is_over = {
        Clock.BALANCE: money is None or not _short_of_fee(visit, view, money),
        Clock.RENEWAL: renewal is not None and (renewal.overdue or renewal.days_left <= 0),
        Clock.INACTIVITY: silent is not None and silent.days_left <= 0,
    }
    runs_on = view.standing.state is LineState.ACTIVE and leads in is_over and not is_over[leads]
    if runs_on or todo.endswith("?"):
        return ""
    return "。" if visit.language == "zh" else "."


def _word(visit: Visit, level: Level) -> Markup:
    match level:
        case Level.NOW:
            return visit.t("Needs you now:")
        case Level.SOON:
            return visit.t("Needs you soon:")
        case Level.FINE:
            return visit.t("Fine for now:")
        case Level.REST:
            return visit.t("Cannot tell yet:")


def _chip(visit: Visit, view: LineView, level: Level, lead: date | None) -> Markup:
    match view.standing.state:
        case LineState.STOPPED:
            return visit.t("stopped")
        case LineState.ENDED:
            return visit.t("no next date")
        case LineState.ACTIVE:
            pass
    if level is Level.REST:
        return visit.t("not known")
    return Markup.escape(visit.in_days(lead)) if lead else visit.t("nothing due")


def _done_verb(view: LineView) -> str:
    match view.clocks.leading:
        case Clock.INACTIVITY:
            return "used"
        case Clock.RENEWAL if view.line.charged_by is ChargedBy.OWNER:
            return "renewed"
        case _:
            return "topped-up"


def instruction(visit: Visit, view: LineView) -> tuple[Markup, Markup]:
    """What to do, and the reason with its date."""
    match view.standing.state:
        case LineState.STOPPED:
            return visit.t("We do not write about this number"), visit.t("Until you resume it.")
        case LineState.ENDED:
            said = visit.t("Enter the next fee date, or nothing more will come.")
            return visit.t("The last date has passed"), said
        case LineState.ACTIVE:
            pass
    match view.clocks.leading:
        case Clock.RENEWAL:
            return _about_fee(visit, view)
        case Clock.BALANCE:
            return _about_money(visit, view)
        case Clock.INACTIVITY:
            return _about_silence(visit, view)
        case None:
            return _about_nothing(visit, view)


def _about_fee(visit: Visit, view: LineView) -> tuple[Markup, Markup]:
    renewal, fee = view.clocks.renewal, view.line.fee
    assert renewal is not None
    day, sum_ = visit.day(renewal.on), visit.money(fee) if fee else ""
    if renewal.overdue and renewal.short is None:
        return visit.t("Was the fee of {day} paid?", day=day), visit.t("Tell us what is so.")
    if view.line.charged_by is ChargedBy.OWNER:
        todo = visit.t("Pay {fee}", fee=sum_) if fee else visit.t("Pay for this number")
        return todo, visit.t('by <span class="keep">{day}</span>.', day=day)
    if renewal.short is not None:
        todo = visit.t("Top up at least {short}", short=visit.money(renewal.short))
        if renewal.overdue or renewal.days_left <= 0:
            return todo, visit.t("The fee of {fee} was due on {day}.", fee=sum_, day=day)
        return todo, _before_fee(visit, view, day)
    todo = visit.t("Check that {fee} is there", fee=sum_)
    return todo, visit.t(
        'before <span class="keep">{day}</span>: the balance is not known.', day=day
    )


def _about_money(visit: Visit, view: LineView) -> tuple[Markup, Markup]:
    money = view.clocks.balance
    assert money is not None
    assert money.runs_out_on is not None
    day, short = visit.day(money.runs_out_on), _short_of_fee(visit, view, money)
    if short:
        return visit.t("Top up at least {short}", short=short), _before_fee(visit, view, day)
    if money.runs_out_on <= visit.today:
        todo, why = visit.t("Top up"), visit.t("By our count the money is used up.")
        floor, missing = view.line.low_balance, lacking(view.case, money)
        if missing:
            todo = visit.t("Top up at least {short}", short=visit.money(missing))
        if money.low_on and floor and money.projected and money.projected.minor > 0:
            why = visit.t("Less than {floor} is left.", floor=visit.money(floor))
    else:
        todo, why = visit.t("Top up before {day}", day=day), _until_then(visit, money)
    gap = Markup("") if visit.language == "zh" else Markup(" ")
    return todo, gap.join([why, *_longer(visit, view, money)])


def _until_then(visit: Visit, money: BalanceClock) -> Markup:
    if money.floor:
        return visit.t("By our count it falls under {floor} then.", floor=visit.money(money.floor))
    return visit.t("By our count the money lasts until then.")


def _longer(visit: Visit, view: LineView, money: BalanceClock) -> list[Markup]:
    """What to pay in so that it lasts longer, where it does not last long."""
    soon = money.days_left is not None and money.days_left <= SOON_MONEY_DAYS
    more = longer(view.case, visit.now, money) if soon else None
    if more is None:
        return []
    amount, day = visit.money(more.amount), visit.short_day(more.until)
    told = visit.t("To make it last until {day}, top up at least {amount}.", day=day, amount=amount)
    if more.left:
        floor = visit.money(more.left)
        said = mark("To have {floor} left on {day}, top up at least {amount}.")
        told = visit.t(said, floor=floor, day=day, amount=amount)
    if more.fees is None:
        return [told]
    return [told, visit.t("Fees of {fees} are counted in.", fees=visit.money(more.fees))]


def _short_of_fee(visit: Visit, view: LineView, money: BalanceClock) -> str:
    """What carries the fees up to the one that is not covered any more; "" where that is not
    counted, or no fee empties it."""
    if money.basis != "fee":
        return ""
    first = next(iter(track.sums(view.case, visit.now)), None)
    is_it = first is not None and first.days[-1] == money.runs_out_on
    return visit.money(first.amount) if first and is_it else ""


def _before_fee(visit: Visit, view: LineView, day: str) -> Markup:
    fee = visit.money(view.line.fee) if view.line.fee else ""
    said = mark('before <span class="keep">{day}</span>, when a fee of {fee} is charged.')
    return visit.t(said, day=day, fee=fee)


def _about_silence(visit: Visit, view: LineView) -> tuple[Markup, Markup]:
    silent = view.clocks.inactivity
    assert silent is not None
    keep, active = view.line.keep_alive, view.standing.last_active_on
    if silent.days_left <= 0 and active:
        said = visit.t(
            "It has been silent for {days}: from {day} on the operator may take it back.",
            day=visit.short_day(silent.lost_on),
            days=visit.n("{n} day", "{n} days", (visit.today - active).days),
        )
        return visit.t("Use it at once"), said
    said = visit.t(
        'before <span class="keep">{day}</span>: a paid call or text. '
        "By then it will have been silent for {days}.",
        day=visit.day(silent.lost_on),
        days=visit.n("{n} day", "{n} days", keep.days if keep else 0),
    )
    return visit.t("Use it once"), said


def _about_nothing(visit: Visit, view: LineView) -> tuple[Markup, Markup]:
    renewal = view.clocks.renewal
    if renewal is not None and renewal.covered:
        day = visit.day(renewal.on)
        said = visit.t('The fee on <span class="keep">{day}</span> is covered.', day=day)
        return visit.t("Nothing to do"), said
    is_watched = renewal or view.clocks.inactivity or view.line.low_balance
    if not is_watched:
        said = visit.t(
            "Enter the day of the next fee, or when the number was used last, "
            "and we can remind you."
        )
        return visit.t("No date is known"), said
    return visit.t("Nothing to do"), visit.t("Nothing is due that we know of.")


def _percent(part: Fraction) -> str:
    return f"{min(max(float(part), 0.0), 1.0) * 100:.1f}%"


def _bar(visit: Visit, view: LineView) -> Bar | None:
    renewal, fee, silent = view.clocks.renewal, view.line.fee, view.clocks.inactivity
    if view.clocks.leading is Clock.RENEWAL and renewal and renewal.short and fee:
        have = max(fee.minor - renewal.short.minor, 0)
        there = visit.money(Money(have, fee.currency))
        return Bar(
            "money",
            _percent(Fraction(have, fee.minor)),
            _percent(1 - Fraction(have, fee.minor)),
            visit.t('about <b class="n">{sum}</b> will be there', sum=there),
            visit.t('<b class="n">{short}</b> short', short=visit.money(renewal.short)),
        )
    keep = view.line.keep_alive
    if view.clocks.leading is Clock.INACTIVITY and silent and keep:
        gone = keep.days - silent.days_left
        return Bar(
            "days",
            _percent(Fraction(min(gone, keep.days), keep.days)),
            "",
            visit.n("<b>{n} day</b> silent", "<b>{n} days</b> silent", gone),
            visit.t("<b>{left}</b> of {days} left", left=max(silent.days_left, 0), days=keep.days),
        )
    return None


def _seen(visit: Visit, view: LineView) -> Markup:
    last = last_reading(view.readings)
    if last is None:
        return visit.t("No balance entered yet.")
    sum_ = visit.money(last.money(view.line.currency))
    values = {"sum": sum_, "day": visit.short_day(last.on), "age": visit.in_days(last.on)}
    check = code_to_dial(view)
    if visit.today - last.on > OLD_READING and check:
        said = mark(
            '<span class="n">{sum}</span> on {day}, {age}: dial <code>{code}</code> and check.'
        )
        return visit.t(said, code=check, **values)
    return visit.t('<span class="n">{sum}</span> on {day}, {age}.', **values)


def by_hand(visit: Visit, view: LineView) -> Markup:
    """The way without a link: the app by its name, the address to type, the code to dial."""
    operator, parts = view.operator, []
    domain = operator.official_domains[0] if operator.official_domains else ""
    if operator.app and domain:
        said = mark("Or open the {app} app, or type <b>{domain}</b> into your browser yourself.")
        parts.append(visit.t(said, app=operator.app.value.name, domain=domain))
    elif domain:
        parts.append(visit.t("Or type <b>{domain}</b> into your browser yourself.", domain=domain))
    code = code_to_dial(view)
    if code:
        said = mark("To see the balance, dial <code>{code}</code> from this number.")
        parts.append(visit.t(said, code=code))
    gap = Markup("") if visit.language == "zh" else Markup(" ")
    return gap.join(parts)


def code_to_dial(view: LineView) -> str:
    """The code that shows the balance, ``""`` where the operator has none."""
    checks = view.operator.balance_checks
    return next((f.value.code for f in checks if f.value.kind is CheckKind.USSD), "")
