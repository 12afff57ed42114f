"""Make a line out of what was typed, completed from the catalogue, the owner and the config
(CONTRACT section 4; PRODUCT 3a, rules 21 to 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from reminder.catalogue.country import currency_of, zone_of
from reminder.catalogue.operator import Operator
from reminder.domain import phone
from reminder.domain.channel import Use
from reminder.domain.ids import ChannelId, LineId
from reminder.domain.line import ChargedBy, Line, Plan
from reminder.domain.money import Money, check_currency
from reminder.domain.owner import Owner
from reminder.domain.schedule import Period, next_occurrence, zone
from reminder.errors import InvalidInput, NotFound
from reminder.rendering.display import country_of_zone
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import channels

FIELDS = frozenset(
    [
        "number",
        "operator",
        "label",
        "plan",
        "currency",
        "balance",
        "fee",
        "renews_on",
        "period",
        "charged_by",
        "low_balance",
        "autopay",
        "last_active_on",
        "inactivity_days",
        "lead_times",
        "timezone",
        "channels",
        "tied_channels",
        "tags",
        "note",
        "top_up_url",
    ]
)
LONGEST_NOTE = 2000
LONGEST_SILENCE = 3650
LONGEST_TAG = 30
MOST_TAGS = 10
MOST_TYPED = 100


class Dates(StrEnum):
    """How strictly a new line's dates are read: one is asked for; none need be there yet; they come
    out of an export, and may have passed meanwhile."""

    ASKED = "asked"
    MAY_MISS = "may miss"
    MAY_BE_PAST = "may be past"


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as it was asked for, with the dates and the balance that set its clocks."""

    line: Line
    renews_on: date | None
    last_active_on: date | None
    balance: Money | None


def read(
    work: Work,
    owner: Owner,
    given: Mapping[str, object],
    before: Draft | None,
    identity: LineId,
    *,
    dates: Dates = Dates.ASKED,
) -> Draft:
    """Read a new line, or (with ``before``) a merge patch of one. Raises InvalidInput with every
    fault found."""
    fields = Fields(given, FIELDS)
    operator = _operator(work, fields, before)
    line = _identity(fields, owner, operator, before, identity)
    line = _money(fields, line, before)
    line = _ladder(work, fields, owner, line)
    today = owner.days.of(work.now)
    renews_on = fields.day("renews_on") if "renews_on" in fields else _date(before)
    active = fields.day("last_active_on") if "last_active_on" in fields else _active(before)
    balance = fields.money("balance", line.currency)
    draft = Draft(_rhythm(fields, operator, line, before), renews_on, active, balance)
    if dates is not Dates.MAY_BE_PAST:
        _check_dates(fields, draft, before, today)
    if dates is Dates.ASKED and before is None:
        _check_a_clock_runs(fields, draft)
    fields.check()
    return draft


def _date(before: Draft | None) -> date | None:
    return before.renews_on if before else None


def _active(before: Draft | None) -> date | None:
    return before.last_active_on if before else None


def _operator(work: Work, fields: Fields, before: Draft | None) -> Operator:
    chosen = fields.text("operator", 40)
    if before and ("operator" not in fields or chosen == before.line.operator):
        return work.desk.catalogue.of_line(before.line.operator)
    try:
        return work.desk.catalogue.get(chosen or "other")
    except NotFound as error:
        fields.fault("operator", str(error))
        return work.desk.catalogue.get("other")


def _identity(
    fields: Fields,
    owner: Owner,
    operator: Operator,
    before: Draft | None,
    identity: LineId,
) -> Line:
    number = _number(fields, owner, operator) if "number" in fields or not before else ""
    country = operator.country or (phone.country_of(number) if number else None)
    currency = fields.text("currency", 3) or currency_of(country) or "RUB"
    if before is None:
        currency = fields.take(lambda: check_currency(currency), "RUB")
        home = zone_of(country) or owner.timezone
        line = Line(identity, owner.id, number, operator.id, currency, timezone=home)
    else:
        same = "operator" not in fields or fields.text("operator", 40) == before.line.operator
        chosen = before.line.operator if same else operator.id
        line = replace(before.line, operator=chosen, number=number or before.line.number)
        if "currency" in fields and currency.upper() != line.currency:
            fields.fault("currency", f"This line is kept in {line.currency}; add it anew to change")
    return line


def _number(fields: Fields, owner: Owner, operator: Operator) -> str:
    typed = fields.text("number", 60)
    if typed is None:
        fields.fault("number", "Write the number, such as +7 916 123-45-67", "required")
        return ""
    country = country_of_number(operator, owner)
    return fields.take(lambda: phone.parse(typed, country), "")


def country_of_number(operator: Operator, owner: Owner) -> str | None:
    """The country in which a number without + is read."""
    return operator.country or country_of_zone(owner.timezone)


def _money(fields: Fields, line: Line, before: Draft | None) -> Line:
    currency = line.currency
    plan = fields.choice("plan", Plan) or (line.plan if before else Plan.PREPAID)
    fee = fields.money("fee", currency) if "fee" in fields else line.fee
    low = fields.money("low_balance", currency) if "low_balance" in fields else line.low_balance
    if fee is not None and fee.minor <= 0:
        fields.fault("fee", "A fee is more than zero; leave it out if there is none")
    if low is not None and low.minor < 0:
        fields.fault("low_balance", "Write zero or more")
    auto = fields.flag("autopay")
    url = fields.text("top_up_url", 500) if "top_up_url" in fields else line.top_up_url
    if url is not None:
        fields.take(lambda: _web_address(url), None)
    return replace(
        line,
        plan=plan,
        fee=fee,
        low_balance=low,
        autopay=line.autopay if auto is None else auto,
        top_up_url=url,
    )


def _web_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or " " in url:
        raise InvalidInput.of("top_up_url", "Write a web address that begins with https://")


def _rhythm(fields: Fields, operator: Operator, line: Line, before: Draft | None) -> Line:
    """Who charges, and how often (rule 22)."""
    default = ChargedBy.OPERATOR if line.fee else ChargedBy.OWNER
    if line.plan is Plan.POSTPAID:
        default = ChargedBy.OWNER
    if before and before.line.plan is line.plan and bool(before.line.fee) is bool(line.fee):
        default = before.line.charged_by
    charged_by = fields.choice("charged_by", ChargedBy) or default
    if "period" in fields:
        written = fields.text("period", 20)
        period = fields.take(lambda: Period.parse(written), None) if written else None
    elif before:
        period = before.line.period
    else:
        usual = operator.default_period or ("P1M" if line.fee else None)
        period = Period.parse(usual) if usual else None
    return replace(line, charged_by=charged_by, period=period)


def _ladder(work: Work, fields: Fields, owner: Owner, line: Line) -> Line:
    label = (fields.text("label", 100) or "") if "label" in fields else line.label
    note = (fields.text("note", LONGEST_NOTE, lines=True) or "") if "note" in fields else line.note
    leads = fields.leads("lead_times") if "lead_times" in fields else line.lead_times
    home = fields.text("timezone", 60) or line.timezone
    fields.take(lambda: zone(home), None)
    days = line.inactivity_days
    if "inactivity_days" in fields:
        days = fields.number("inactivity_days", 1, LONGEST_SILENCE)
    named = "channels" in fields or "tied_channels" in fields or line.channels
    mine = _channels(work, owner) if named or line.tied_channels else frozenset()
    return replace(
        line,
        label=label,
        note=note,
        lead_times=leads,
        timezone=home,
        inactivity_days=days,
        channels=_of_mine(fields, "channels", line.channels, mine),
        tied_channels=_of_mine(fields, "tied_channels", line.tied_channels, mine),
        tags=_tags(fields) if "tags" in fields else line.tags,
    )


def _of_mine(
    fields: Fields, name: str, before: tuple[ChannelId, ...], mine: frozenset[str]
) -> tuple[ChannelId, ...]:
    """Channels by their ids; those that are gone fall out of what was kept."""
    if name not in fields:
        return tuple(c for c in before if c in mine)
    chosen = tuple(ChannelId(c) for c in fields.texts(name) or ())
    for one in chosen:
        if one not in mine:
            fields.fault(name, f"You have no channel {one[:40]}")
    return chosen


def _channels(work: Work, owner: Owner) -> frozenset[str]:
    every = channels.all_of(work.session, owner.id, work.desk.vault)
    return frozenset(c.id for c in every if c.use is not Use.SECOND)


def _tags(fields: Fields) -> tuple[str, ...]:
    """Words to find lines by: each once, whatever its capitals, in the order given."""
    found: dict[str, str] = {}
    for text in fields.texts("tags", MOST_TYPED) or ():
        tag = " ".join(text.split())
        if not tag:
            continue
        if len(tag) > LONGEST_TAG or not tag.isprintable() or {",", ";"} & set(tag):
            said = f"A tag has at most {LONGEST_TAG} characters, no comma and no semicolon"
            fields.fault("tags", said)
            continue
        found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        fields.fault("tags", f"At most {MOST_TAGS} tags; these are {len(found)}")
    return tuple(found.values())


def _check_dates(fields: Fields, draft: Draft, before: Draft | None, today: date) -> None:
    line, renews_on = draft.line, draft.renews_on
    changed = before is None or renews_on != before.renews_on
    if renews_on is not None and renews_on < today and changed:
        following = next_occurrence(renews_on, line.period, today) if line.period else today
        fields.fault("renews_on", f"Enter the next fee date, today or later, such as {following}")
    if draft.last_active_on is not None and draft.last_active_on > today:
        fields.fault("last_active_on", f"Write a day that is not later than today, {today}")


def _check_a_clock_runs(fields: Fields, draft: Draft) -> None:
    line = draft.line
    money = draft.balance is not None and line.low_balance is not None
    silent = draft.last_active_on is not None or line.inactivity_days is not None
    if draft.renews_on is None and not silent and not money:
        fields.fault(
            "renews_on",
            "Write the day of the next fee, or last_active_on, or balance with low_balance",
            "required",
        )
