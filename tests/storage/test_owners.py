"""Promises of reminder/storage/owners.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import update
from sqlmodel import select

from reminder.domain.ids import OwnerId, TokenId
from reminder.domain.owner import Habits, Numbers
from reminder.domain.routes import Pay, Place
from reminder.errors import Conflict, NotFound
from reminder.storage import owners
from reminder.storage.database import Database
from reminder.storage.owners import ApiToken
from reminder.storage.tables import OwnerRow
from tests.storage.samples import ANNA, BORIS, NOW, owner, people


def test_an_owner_comes_back_as_they_were(database: Database) -> None:
    """Every field of an owner is kept, and what is saved over it too."""
    anna = replace(
        owner(),
        place=Place.ABROAD,
        pay=Pay.SBP,
        numbers=Numbers.MASKED,
        habits=Habits(at=time(8)),
    )
    with database.unit() as session:
        owners.add(session, anna)
        assert owners.get(session, ANNA) == anna
        owners.save(session, replace(anna, language="zh", admin=True))
        session.expire_all()
        assert owners.get(session, ANNA) == replace(anna, language="zh", admin=True)
        assert owners.all_of(session) == [owners.get(session, ANNA)]
        both = owners.some(session, [ANNA, BORIS])
        assert (both.get(ANNA), both.get(BORIS)) == (owners.get(session, ANNA), None)
        with pytest.raises(NotFound):
            owners.get(session, BORIS)


def test_a_preference_that_is_not_known_is_none(database: Database) -> None:
    """Whatever stands where a place or a means of paying should stand, the owner can be read; it
    is as if they had not said it, and the other of the two stands."""
    with database.unit() as session:
        people(session)
        session.execute(update(OwnerRow).values(place="Bali", pay="sbp"))
        found = owners.get(session, ANNA)
        assert (found.place, found.pay) == (None, Pay.SBP)
        session.execute(update(OwnerRow).values(place="ru", pay="russian_card"))
        found = owners.get(session, ANNA)
        assert (found.place, found.pay) == (Place.HOME, None)
        owners.save(session, found)
        row = session.exec(select(OwnerRow.place, OwnerRow.pay).where(OwnerRow.id == ANNA)).one()
        assert tuple(row) == ("home", "")


@pytest.mark.parametrize("typed", ["anna@example.org", "Anna@Example.ORG"])
def test_an_address_is_one_owners(database: Database, typed: str) -> None:
    """An address is found in any spelling of its letters, and taken once."""
    with database.unit() as session:
        people(session)
        found = owners.by_email(session, typed)
        assert found is not None
        assert found.id == ANNA
        with pytest.raises(Conflict):
            owners.add(session, owner(OwnerId("own_3"), typed))
        assert owners.by_email(session, "anna@example.com") is None
        assert owners.count(session) == 2


def test_tokens_by_digest(database: Database) -> None:
    """A token is found by its digest, listed for its owner, and revoked by its owner only."""
    token = ApiToken(TokenId("tok_1"), ANNA, "phone", "write", NOW)
    with database.unit() as session:
        people(session)
        owners.add_token(session, token, "d1gest")
        session.flush()
        assert owners.token_of(session, "d1gest") == token
        assert owners.token_of(session, "other") is None
        assert (owners.tokens(session, ANNA), owners.tokens(session, BORIS)) == ([token], [])
        with pytest.raises(NotFound):
            owners.remove_token(session, BORIS, token.id)
        owners.remove_token(session, ANNA, token.id)
        assert owners.token_of(session, "d1gest") is None


def test_facts_are_written_over(database: Database) -> None:
    """A fact has one value, the last."""
    with database.unit() as session:
        assert owners.fact(session, "tz") is None
        for value in ("2026a", "2026b"):
            owners.set_fact(session, "tz", value)
            session.flush()
        assert owners.fact(session, "tz") == "2026b"
