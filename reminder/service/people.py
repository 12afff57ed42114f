"""People: the first owner, signing in without passwords, settings, and API tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from enum import StrEnum

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Kind, Lane
from reminder.domain.ids import ChannelId, OwnerId, TokenId
from reminder.domain.line import WhenCovered
from reminder.domain.owner import LANGUAGES, Habits, Owner
from reminder.domain.routes import Pay, Place
from reminder.domain.schedule import parse_quiet, parse_time, zone
from reminder.engine.planner import own_address
from reminder.errors import (
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    ReminderError,
    TokenRefused,
)
from reminder.service import second_contact
from reminder.service.channels import enqueue, keep
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import lines, log, owners
from reminder.storage.owners import ApiToken
from reminder.transports.mime import mailbox

FIRST_LINK_LIFE = timedelta(days=365)
LINK_LIFE = timedelta(minutes=15)
OWNER_LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(days=90)
MAILS_A_SPAN = 3
TOKEN_PREFIX = "rmd_"  # noqa: S105 - the mark of a token, not one
ME_FIELDS = frozenset(
    [
        "language",
        "timezone",
        "at",
        "quiet_hours",
        "lead_times",
        "inactivity_lead_times",
        "after_times",
        "when_covered",
        "place",
        "pay",
        second_contact.FIELD,
    ]
)


class Scope(StrEnum):
    """What a token may do; each includes the one before."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fresh(work: Work) -> str:
    return base64.urlsafe_b64encode(work.desk.entropy(24)).decode()


def first_link(work: Work) -> str | None:
    """The path of a link that makes the first owner, None once there is one. Earlier ones die."""
    if owners.count(work.session):
        return None
    token = _fresh(work)
    owners.add_sign_in(work.session, _digest(token), None, work.now + FIRST_LINK_LIFE)
    return f"/sign-in/{token}"


def open_sign_in(work: Work, token: str) -> Owner | None:
    """Whom a link signs in; None: it makes the first owner. Raises TokenRefused if it is spent."""
    owner = owners.sign_in(work.session, _digest(token), work.now)
    if owner is None or (owner == "" and owners.count(work.session)):
        raise TokenRefused(
            "This link was used already, or is too old: ask for a new one", expired=True
        )
    return owners.get(work.session, owner) if owner else None


def make_first(work: Work, token: str, email: str, language: str, timezone: str) -> str:
    """Make the first owner, who is administrator and whose address counts as confirmed; return
    the value of the session's cookie."""
    if open_sign_in(work, token) is not None:
        raise TokenRefused("This link signs in somebody else")
    given = {"email": email, "language": language, "timezone": timezone}
    fields = Fields(given, frozenset(given))
    owner = _new_owner(work, fields, admin=True)
    owners.spend_sign_in(work.session, _digest(token))
    return _session(work, owner.id)


def _new_owner(work: Work, fields: Fields, *, admin: bool) -> Owner:
    default = work.desk.settings.reminders
    email = fields.text("email", 254)
    if email is None:
        fields.fault("email", "Write one address, such as anna@example.org", "required")
    address = fields.take(lambda: _mailbox(email or ""), "") if email else ""
    language = fields.text("language", 5) or default.language
    if language not in LANGUAGES:
        fields.fault("language", f"Choose one of: {', '.join(LANGUAGES)}")
    home = fields.text("timezone", 60) or default.timezone
    fields.take(lambda: zone(home), None)
    fields.check()
    confirmed = admin or work.desk.settings.email.server is None
    owner = Owner(
        id=OwnerId(work.new_id("own")),
        email=address,
        language=language,
        timezone=home,
        created_at=work.now,
        admin=admin,
        confirmed=confirmed,
    )
    owners.add(work.session, owner)
    channel = Channel(
        id=ChannelId(work.new_id("chn")),
        owner=owner.id,
        kind=Lane.EMAIL,
        target=address,
        format="email",
        created_at=work.now,
        state=ChannelState.WORKS if confirmed else ChannelState.UNCONFIRMED,
        confirmed_at=work.now if confirmed else None,
    )
    keep(work, channel)
    return owner


def _mailbox(typed: str) -> str:
    try:
        name, _, domain = mailbox(typed).rpartition("@")
    except ReminderError as error:
        raise InvalidInput.of("email", "Write one address, such as anna@example.org") from error
    return f"{name}@{domain.lower()}"


def add_owner(
    work: Work,
    email: str,
    admin: bool = False,  # noqa: FBT001, FBT002 - a column of the table of owners
    language: str | None = None,
    timezone: str | None = None,
) -> Owner:
    """Add an owner; the first is administrator. Raises InvalidInput or Conflict."""
    given = {"email": email, "language": language, "timezone": timezone}
    first = owners.count(work.session) == 0
    return _new_owner(work, Fields(given, frozenset(given)), admin=admin or first)


def everyone(work: Work) -> list[Owner]:
    """Every owner, oldest first."""
    return owners.all_of(work.session)


def by_email(work: Work, email: str) -> Owner:
    """The owner with that address; raises NotFound if there is none."""
    found = owners.by_email(work.session, email.strip())
    if found is None:
        raise NotFound(f"There is no owner with the address {email.strip()[:80]}")
    return found


def owner_link(work: Work, owner: OwnerId) -> str:
    """The path of a link that signs an owner in once, within a day: for who runs the machine."""
    owners.get(work.session, owner)
    token = _fresh(work)
    owners.add_sign_in(work.session, _digest(token), owner, work.now + OWNER_LINK_LIFE)
    return f"/sign-in/{token}"


def ask_sign_in(work: Work, email: str) -> None:
    """Mail a sign-in link if the address is an owner's; nothing tells whether it is."""
    owner = owners.by_email(work.session, email.strip())
    if owner is None:
        return
    since = work.now - LINK_LIFE
    sent = log.count_kind(work.session, Kind.SIGN_IN.value, since, owner=owner.id, channel=None)
    if sent >= MAILS_A_SPAN:
        raise LimitReached("Three sign-in mails were asked for already: wait a while", LINK_LIFE)
    token = _fresh(work)
    owners.add_sign_in(work.session, _digest(token), owner.id, work.now + LINK_LIFE)
    body = work.desk.vault.seal(json.dumps({"token": token}))
    enqueue(work, own_address(owner), Kind.SIGN_IN, body)


def sign_in(work: Work, token: str) -> str:
    """Spend a link; return the value of the session's cookie."""
    owner = open_sign_in(work, token)
    if owner is None or not owners.spend_sign_in(work.session, _digest(token)):
        raise TokenRefused("This link was used already: ask for a new one", expired=True)
    return _session(work, owner.id)


def _session(work: Work, owner: OwnerId) -> str:
    cookie = _fresh(work)
    owners.add_session(work.session, _digest(cookie), owner, work.now, work.now + SESSION_LIFE)
    return cookie


def session_owner(work: Work, cookie: str) -> Owner | None:
    """Who is signed in with that cookie."""
    owner = owners.session_owner(work.session, _digest(cookie), work.now)
    return owners.get(work.session, owner) if owner else None


def sign_out(work: Work, cookie: str) -> None:
    """Sign this device out."""
    owners.remove_session(work.session, _digest(cookie))


def sign_out_everywhere(work: Work, owner: OwnerId) -> None:
    """Sign every device out."""
    owners.remove_sessions(work.session, owner)


def me(work: Work, owner: OwnerId) -> Owner:
    """An owner's own settings."""
    return owners.get(work.session, owner)


def change_me(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Owner:
    """Change how an owner is written to; null puts the config's default back."""
    fields = Fields(given, ME_FIELDS)
    old = owners.get(work.session, owner)
    language = fields.text("language", 5) or old.language
    if language not in LANGUAGES:
        fields.fault("language", f"Choose one of: {', '.join(LANGUAGES)}")
    home = fields.text("timezone", 60) or old.timezone
    fields.take(lambda: zone(home), None)
    place = (fields.choice("place", Place) or "") if "place" in fields else old.place
    pay = (fields.choice("pay", Pay) or "") if "pay" in fields else old.pay
    habits = _habits(fields, old.habits)
    _name_second(work, old, fields)
    fields.check()
    new = replace(old, language=language, timezone=home, place=place, pay=pay, habits=habits)
    owners.save(work.session, new)
    if (new.timezone, new.habits) != (old.timezone, old.habits):
        lines.wake_all(work.session, owner, work.now)
    return new


def _name_second(work: Work, owner: Owner, fields: Fields) -> None:
    name = second_contact.FIELD
    typed = fields.text(name, 254)
    if name in fields and not fields.is_faulty(name):
        fields.take(lambda: second_contact.name(work, owner, typed), None)


def _habits(fields: Fields, old: Habits) -> Habits:
    at, quiet = old.at, old.quiet_hours
    if "at" in fields:
        typed = fields.text("at", 10)
        at = fields.take(lambda: parse_time(typed), time(9)) if typed else None
    if "quiet_hours" in fields:
        quiet = _quiet(fields)
    after = fields.leads("after_times", 0) if "after_times" in fields else old.after_times
    if after and min(after) < 1 and not fields.is_faulty("after_times"):
        fields.fault("after_times", "Repeats come at least one day after, such as P1D")
    covered = fields.choice("when_covered", WhenCovered)
    return Habits(
        at=at,
        quiet_hours=quiet,
        lead_times=_leads(fields, "lead_times", old.lead_times),
        inactivity_lead_times=_leads(fields, "inactivity_lead_times", old.inactivity_lead_times),
        after_times=tuple(sorted(after)) if after is not None else None,
        when_covered=covered if "when_covered" in fields else old.when_covered,
    )


def _quiet(fields: Fields) -> str | None:
    if fields.is_null("quiet_hours"):
        return None
    written = fields.text("quiet_hours", 20) or ""
    held = fields.take(lambda: parse_quiet(written), None)
    return held.text if held else ""


def _leads(fields: Fields, name: str, old: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return fields.leads(name) if name in fields else old


def make_token(
    work: Work, owner: OwnerId, name: str, scope: str, ceiling: str
) -> tuple[ApiToken, str]:
    """Make an API token, never above the ``ceiling`` of who asks; its secret is shown this once."""
    fields = Fields({"name": name, "scope": scope}, frozenset({"name", "scope"}))
    called, asked = fields.text("name", 100), fields.choice("scope", Scope)
    if called is None:
        fields.fault("name", "Name what the token is for", "required")
    fields.check()
    order = list(Scope)
    if asked is None or order.index(asked) > order.index(Scope(ceiling)):
        raise NotAllowed(f"A token cannot do more than {ceiling}", signed_in=True)
    if asked is Scope.ADMIN and not owners.get(work.session, owner).admin:
        raise NotAllowed("Only an administrator has admin tokens", signed_in=True)
    token = ApiToken(TokenId(work.new_id("tok")), owner, called or "", asked.value, work.now)
    secret = TOKEN_PREFIX + _fresh(work)
    owners.add_token(work.session, token, _digest(secret))
    return token, secret


def tokens(work: Work, owner: OwnerId) -> list[ApiToken]:
    """An owner's tokens, without their secrets."""
    return owners.tokens(work.session, owner)


def remove_token(work: Work, owner: OwnerId, token: TokenId, ceiling: str = Scope.ADMIN) -> None:
    """Revoke a token, never one above the ``ceiling`` of who asks."""
    order = list(Scope)
    held = [t for t in owners.tokens(work.session, owner) if t.id == token]
    if any(order.index(Scope(t.scope)) > order.index(Scope(ceiling)) for t in held):
        raise NotAllowed(f"A token cannot do more than {ceiling}", signed_in=True)
    owners.remove_token(work.session, owner, token)


def token_bearer(work: Work, secret: str) -> ApiToken | None:
    """The token of that secret, if it is one of ours."""
    return owners.token_of(work.session, _digest(secret))
