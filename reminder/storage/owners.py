"""Owners and their API tokens. A token's secret is kept as its SHA-256 digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, func, update
from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId, TokenId
from reminder.domain.owner import Numbers, Owner
from reminder.domain.routes import Pay, Place, known
from reminder.errors import NotFound, Taken
from reminder.storage import codec, swift
from reminder.storage.batches import Unread, columns_of
from reminder.storage.prepared import Prepared
from reminder.storage.swift import Query
from reminder.storage.system_tables import FactRow
from reminder.storage.tables import ApiTokenRow, OwnerRow

_NOBODY = "There is no such owner"
_NAMES = (
    *("id", "email", "language", "timezone", "created_at", "admin", "confirmed"),
    *("place", "pay", "calendar", "trips", "habits", "numbers"),
)
_KEPT = Query(OwnerRow, _NAMES, key="id")
# Made once: making a statement takes longer than running it.
_EVERYBODY = select(*columns_of(OwnerRow, *_NAMES))
_ALL = Prepared(_EVERYBODY.order_by(col(OwnerRow.id)))
_OF_ID = Prepared(_EVERYBODY.where(col(OwnerRow.id) == bindparam("id")))
_HAS_ADDRESS = func.lower(OwnerRow.email) == bindparam("email")
_OF_ADDRESS = Prepared(_EVERYBODY.where(_HAS_ADDRESS))
_ID_OF_ADDRESS = Prepared(select(*columns_of(OwnerRow, "id")).where(_HAS_ADDRESS))
_WOKEN = Prepared(
    update(OwnerRow.__table__)  # type: ignore[attr-defined]  # SQLModel's own
    .where(
        col(OwnerRow.id) == bindparam("owner"),
        col(OwnerRow.wake_at).is_(None) | (col(OwnerRow.wake_at) > bindparam("at")),
    )
    .values(wake_at=bindparam("at"))
)
_ANY_TOKEN = select(*columns_of(ApiTokenRow, "id", "owner_id", "name", "scope", "created_at"))
_TOKEN_OF = Prepared(_ANY_TOKEN.where(col(ApiTokenRow.digest) == bindparam("digest")))
_TOKENS = Prepared(
    _ANY_TOKEN.where(col(ApiTokenRow.owner_id) == bindparam("owner")).order_by(col(ApiTokenRow.id))
)
FIRST_WAKE = select(func.min(OwnerRow.wake_at)).where(col(OwnerRow.wake_at).is_not(None))


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token without its secret."""

    id: TokenId
    owner: OwnerId
    name: str
    scope: str
    created_at: datetime


def _owner(values: Sequence[Any]) -> Owner:
    """An owner out of the values of the columns :data:`_NAMES`."""
    identity, email, language, timezone, created_at, *rest = values
    admin, confirmed, place, pay, calendar, trips, habits, numbers = rest
    return Owner(
        id=identity,
        email=email,
        language=language,
        timezone=timezone,
        created_at=created_at,
        admin=admin,
        confirmed=confirmed,
        place=known(Place, place),
        pay=known(Pay, pay),
        calendar=calendar,
        trips=codec.load(codec.TRIPS, trips) if trips != "[]" else (),
        habits=codec.habits_in(habits),
        numbers=Numbers(numbers),
    )


def _columns(owner: Owner) -> dict[str, Any]:
    return {
        "email": owner.email,
        "language": owner.language,
        "timezone": owner.timezone,
        "admin": owner.admin,
        "confirmed": owner.confirmed,
        "place": owner.place.value if owner.place else "",
        "pay": owner.pay.value if owner.pay else "",
        "calendar": owner.calendar,
        "trips": codec.dump(codec.TRIPS, owner.trips),
        "habits": codec.dump(codec.HABITS, owner.habits),
        "numbers": owner.numbers.value,
    }


def add(session: Session, owner: Owner) -> None:
    """Keep a new owner; raise Taken when the address is known."""
    if by_email(session, owner.email) is not None:
        raise Taken("There is an owner with this address already")
    session.add(OwnerRow(id=owner.id, created_at=owner.created_at, **_columns(owner)))
    session.flush()


def save(session: Session, owner: Owner) -> None:
    """Write an owner anew."""
    session.execute(update(OwnerRow).where(col(OwnerRow.id) == owner.id).values(**_columns(owner)))


def get(session: Session, owner: OwnerId) -> Owner:
    """One owner; raise NotFound if there is none."""
    found = _found(session, _OF_ID, id=owner)
    if not found:
        raise NotFound(_NOBODY)
    return found[0]


def among(people: Unread[Owner], owner: OwnerId) -> Owner:
    """One of those who were read together; raise NotFound if they are not there."""
    found = people.get(owner)
    if found is None:
        raise NotFound(_NOBODY)
    return found


def some(session: Session, wanted: Collection[OwnerId]) -> Unread[Owner]:
    """The owners of these ids that exist."""
    return Unread(swift.read(session, _KEPT, list(wanted)), _owner)


def by_email(session: Session, email: str) -> Owner | None:
    """The owner with that address, if there is one; capitals make no difference."""
    return next(iter(_found(session, _OF_ADDRESS, email=email.lower())), None)


def all_of(session: Session) -> list[Owner]:
    """Every owner, oldest first."""
    return _found(session, _ALL)


def id_of(session: Session, email: str) -> OwnerId | None:
    """The owner with that address, by their id alone."""
    found = _ID_OF_ADDRESS.rows(session, email=email.lower())
    return OwnerId(found[0][0]) if found else None


def _found(session: Session, query: Prepared, **given: str) -> list[Owner]:
    """The owners that a query of their columns finds."""
    return [_owner(row) for row in query.rows(session, **given)]


def count(session: Session) -> int:
    """How many owners there are."""
    return session.exec(select(func.count()).select_from(OwnerRow)).one()


def set_wake_at(session: Session, owner: OwnerId, wake_at: datetime | None) -> None:
    """When an owner's lines must be looked at next."""
    session.execute(update(OwnerRow).where(col(OwnerRow.id) == owner).values(wake_at=wake_at))


def wake_by(session: Session, owner: OwnerId, at: datetime | None) -> None:
    """An owner wakes no later than any of their lines; the planner sets the exact instant."""
    if at is not None:
        _WOKEN.run(session, owner=owner, at=at)


def add_token(session: Session, token: ApiToken, digest: str) -> None:
    """Keep an API token by the digest of its secret."""
    session.add(
        ApiTokenRow(
            id=token.id,
            owner_id=token.owner,
            name=token.name,
            scope=token.scope,
            digest=digest,
            created_at=token.created_at,
        )
    )


def token_of(session: Session, digest: str) -> ApiToken | None:
    """The token whose secret has that digest."""
    found = _TOKEN_OF.rows(session, digest=digest)
    return ApiToken(*found[0]) if found else None


def tokens(session: Session, owner: OwnerId) -> list[ApiToken]:
    """An owner's tokens, oldest first."""
    return [ApiToken(*row) for row in _TOKENS.rows(session, owner=owner)]


def remove_token(session: Session, owner: OwnerId, token: TokenId) -> None:
    """Revoke a token; raise NotFound if the owner has none of that id."""
    gone = session.execute(
        delete(ApiTokenRow).where(col(ApiTokenRow.id) == token, col(ApiTokenRow.owner_id) == owner)
    )
    if cast("CursorResult[Any]", gone).rowcount == 0:
        raise NotFound("There is no such token")


def fact(session: Session, name: str) -> str | None:
    """A single fact about this database."""
    row = session.get(FactRow, name)
    return row.value if row else None


def set_fact(session: Session, name: str, value: str) -> None:
    """Write a single fact."""
    session.merge(FactRow(name=name, value=value))
