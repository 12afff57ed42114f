"""What guides on topping up say, claim by claim, and what is true today."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from reminder.catalogue.fact import Text
from reminder.catalogue.table import Table

FILE = "claims.toml"


class Verdict(StrEnum):
    """How a claim stands today."""

    TRUE = "true"
    PARTLY = "partly"
    OUTDATED = "outdated"
    WRONG = "wrong"
    NOT_CONFIRMED = "not_confirmed"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a guide; ``source`` is what ``today`` rests on, ``""`` where nothing was
    found or none is needed."""

    id: str
    verdict: Verdict
    claim: Text
    today: Text
    source: str


def load_claims() -> tuple[Claim, ...]:
    """Read the claims that ship, in the order of the guides.

    Raises:
        ConfigError: the file is broken.
    """
    written = (resources.files("reminder.catalogue") / FILE).read_text(encoding="utf-8")
    table = Table(tomllib.loads(written), FILE, "claims")
    table.day("collected_on")
    return tuple(_claim(name, entry) for name, entry in table.table("claims").tables())


def _claim(name: str, entry: Table) -> Claim:
    entry.allow(("verdict", "claim", "today", "source"))
    return Claim(
        id=name,
        verdict=entry.choice("verdict", Verdict),
        claim=entry.text("claim"),
        today=entry.text("today"),
        source=entry.optional("source"),
    )
