"""Make a line out of what was typed, completed from the catalogue, the owner and the config
(CONTRACT section 4; PRODUCT 3a, rules 21 to 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from reminder.catalogue.country import currency_of, zone_of
from reminder.catalogue.operator import Operator
from reminder.domain import phone
from reminder.domain.channel import Use
from reminder.domain.ids import ChannelId, LineId
from reminder.domain.line import ChargedBy, Line, Plan
from reminder.domain.money import Money, check_currency
from reminder.domain.owner import Owner
from reminder.domain.schedule import Period, zone
from reminder.errors import InvalidInput, NotFound
from reminder.rendering.display import country_of_zone
from reminder.service import dates as days
from reminder.service.dates import Dates, Draft
from reminder.service.fields import Fields, is_plain
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
        "anchor",
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
OWN = frozenset(["number", "label", "note", "balance", "renews_on"])
"""What differs from line to line of a list; the rest of it is mostly the same."""

LONGEST_NOTE = 2000
LONGEST_SILENCE = 3650
LONGEST_TAG = 30
MOST_TAGS = 10
MOST_TYPED = 100
MOST_NAMED = 50


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
    money = _money(fields, line)
    rest = _ladder(work, fields, owner, line)
    rhythm = _rhythm(fields, operator, money["plan"], money["fee"], before)
    line = line.changed(
        **money, **_words(fields, line.label, line.note), **rest, **rhythm
    )  # once: it is wide
    return _dated(fields, line, before, owner.days.of(work.now), dates)


def read_like(
    work: Work, owner: Owner, given: Mapping[str, object], like: Draft, identity: LineId
) -> Draft:
    """Read a new line of which all but :data:`OWN` is as in one that was read already, of an
    operator with a country: what :func:`read` would say, at a third of its cost."""
    fields = Fields(given, FIELDS)
    operator = work.desk.catalogue.of_line(like.line.operator)
    number, words = _number(fields, owner, operator), _words(fields, "", "")
    line = like.line.changed(id=identity, number=number, **words)
    return _dated(fields, line, None, owner.days.of(work.now), Dates.ASKED)


def _dated(fields: Fields, line: Line, before: Draft | None, today: date, dates: Dates) -> Draft:
    """The draft with its days and its balance, once nothing is wrong with any field."""
    renews_on = fields.day("renews_on") if "renews_on" in fields else _date(before)
    draft = Draft(
        line=line,
        renews_on=renews_on,
        anchor=days.anchor_of(fields, renews_on, before),
        last_active_on=_active(fields, line, before, None if dates is Dates.MAY_BE_PAST else today),
        balance=fields.money("balance", line.currency),
    )
    if dates is not Dates.MAY_BE_PAST:
        days.check(fields, draft, before, today)
    if dates is Dates.ASKED:
        known = draft
        if draft.balance is None and before is not None:
            known = replace(draft, balance=before.balance)
        days.check_watched(fields, known, before)
    fields.check()
    return draft


def _date(before: Draft | None) -> date | None:
    return before.renews_on if before else None


def _active(fields: Fields, line: Line, before: Draft | None, usual: date | None) -> date | None:
    """The day of the last use. A term that comes without such a day counts from the ``usual`` one:
    today (rule 23)."""
    active = before.last_active_on if before else None
    if "last_active_on" in fields:
        active = fields.day("last_active_on")
    has_term = "inactivity_days" in fields and line.inactivity_days is not None
    return usual if active is None and has_term else active


def _operator(work: Work, fields: Fields, before: Draft | None) -> Operator:
    chosen = fields.text("operator", 40)
    if before and ("operator" not in fields or chosen == before.line.operator):
        return work.desk.catalogue.of_line(before.line.operator)
    try:
        return work.desk.catalogue.called(chosen or "other")
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
    number = before.line.number if before else ""
    if "number" in fields or before is None:
        number = _number(fields, owner, operator) or number
    country = operator.country or (phone.country_of(number) if number else None)
    home, typed = zone_of(country) or owner.timezone, fields.text("currency", 40)
    if before is None:
        currency = typed or currency_of(country) or "RUB"
        currency = fields.take(lambda: check_currency(currency), "RUB")
        return Line(identity, owner.id, number, operator.id, currency, timezone=home)
    line = replace(before.line, number=number)
    if "operator" in fields:
        line = replace(line, operator=operator.id)
    if fields.is_null("timezone"):
        line = replace(line, timezone=home)
    if typed is not None and typed.upper() != line.currency:
        fields.fault("currency", f"This line is kept in {line.currency}; add it anew to change")
    return line


def _number(fields: Fields, owner: Owner, operator: Operator) -> str:
    typed = fields.text("number", 60, blank=True, trim=phone.as_seen)
    if typed is None:
        fields.fault("number", "Write the number, such as +7 916 123-45-67", "required")
        return ""
    country = country_of_number(operator, owner)
    return fields.take(lambda: phone.parse(typed, country), "")


def country_of_number(operator: Operator, owner: Owner) -> str | None:
    """The country in which a number without + is read."""
    return operator.country or country_of_zone(owner.timezone)


def _money(fields: Fields, line: Line) -> dict[str, Any]:
    currency = line.currency
    plan = (fields.choice("plan", Plan) or Plan.PREPAID) if "plan" in fields else line.plan
    fee = fields.money("fee", currency) if "fee" in fields else line.fee
    low = fields.money("low_balance", currency) if "low_balance" in fields else line.low_balance
    if fee is not None and fee.minor <= 0:
        fields.fault("fee", "A fee is more than zero; leave it out if there is none")
    if low is not None and low.minor < 0:
        fields.fault("low_balance", "Write zero or more")
    auto = bool(fields.flag("autopay")) if "autopay" in fields else line.autopay
    url = fields.text("top_up_url", 500) if "top_up_url" in fields else line.top_up_url
    if url is not None:
        fields.take(lambda: _web_address(url), None)
    found = {"plan": plan, "fee": fee, "low_balance": low}
    return {**found, "autopay": auto, "top_up_url": url}


def _web_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or "@" in parts.netloc or " " in url:
        raise InvalidInput.of("top_up_url", "Write a web address that begins with https://")


def _rhythm(
    fields: Fields, operator: Operator, plan: Plan, fee: Money | None, before: Draft | None
) -> dict[str, Any]:
    """Who charges, and how often (rule 22)."""
    default = ChargedBy.OPERATOR if fee else ChargedBy.OWNER
    if plan is Plan.POSTPAID:
        default = ChargedBy.OWNER
    same = before and before.line.plan is plan and bool(before.line.fee) is bool(fee)
    if before and same and "charged_by" not in fields:
        default = before.line.charged_by
    charged_by = fields.choice("charged_by", ChargedBy) or default
    if "period" in fields:
        written = fields.text("period", 20)
        period = fields.take(lambda: Period.parse(written), None) if written else None
    elif before:
        period = before.line.period
    else:
        usual = operator.default_period or ("P1M" if fee else None)
        period = Period.parse(usual) if usual else None
    return {"charged_by": charged_by, "period": period}


def _ladder(work: Work, fields: Fields, owner: Owner, line: Line) -> dict[str, Any]:
    leads = fields.leads("lead_times") if "lead_times" in fields else line.lead_times
    home = fields.text("timezone", 60) or line.timezone
    fields.take(lambda: zone(home), None)
    days = line.inactivity_days
    if "inactivity_days" in fields:
        days = fields.number("inactivity_days", 1, LONGEST_SILENCE)
    named = "channels" in fields or "tied_channels" in fields or line.channels
    mine = _channels(work, owner) if named or line.tied_channels else frozenset()
    return {
        "lead_times": leads,
        "timezone": home,
        "inactivity_days": days,
        "channels": _of_mine(fields, "channels", line.channels, mine),
        "tied_channels": _of_mine(fields, "tied_channels", line.tied_channels, mine),
        "tags": _tags(fields) if "tags" in fields else line.tags,
    }


def _words(fields: Fields, label: str, note: str) -> dict[str, str]:
    """The label and the note: those that are given, else as they were."""
    if "label" in fields:
        label = fields.text("label", 100, blank=True) or ""
    if "note" in fields:
        note = fields.text("note", LONGEST_NOTE, lines=True, blank=True) or ""
    return {"label": label, "note": note}


def _of_mine(
    fields: Fields, name: str, before: tuple[ChannelId, ...], mine: frozenset[str]
) -> tuple[ChannelId, ...]:
    """Channels by their ids; those that are gone fall out of what was kept."""
    if name not in fields:
        return tuple(c for c in before if c in mine)
    chosen = [ChannelId(c) for c in fields.texts(name, MOST_NAMED, '["chn_…"]') or ()]
    for place, one in enumerate(chosen):
        if one not in mine:
            fields.fault(f"{name}/{place}", f"You have no channel {one[:40]!r}")
    return tuple(dict.fromkeys(chosen))


def _channels(work: Work, owner: Owner) -> frozenset[str]:
    every = channels.all_of(work.session, owner.id, work.desk.vault)
    return frozenset(c.id for c in every if c.use is not Use.SECOND)


def _tags(fields: Fields) -> tuple[str, ...]:
    """Words to find lines by: each once, whatever its capitals, in the order given."""
    found: dict[str, str] = {}
    for place, text in enumerate(fields.texts("tags", MOST_TYPED, '["family"]') or ()):
        tag = " ".join(text.split())
        if not tag:
            continue
        if len(tag) > LONGEST_TAG or not is_plain(tag) or {",", ";"} & set(tag):
            said = f"A tag has at most {LONGEST_TAG} characters, no comma and no semicolon"
            fields.fault(f"tags/{place}", said)
            continue
        found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        fields.fault("tags", f"At most {MOST_TAGS} tags; these are {len(found)}")
    return tuple(found.values())
