"""An operator's answer as a person pasted it, made into the fields of a reading, or asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reminder.domain import intake
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.intake import Candidate, Unclear, Understood, Why
from reminder.domain.intake.reading import LONGEST_TEXT
from reminder.domain.money import Money
from reminder.errors import InvalidInput, Meaning, Unread
from reminder.service.fields import AS_TEXT
from reminder.service.work import Work
from reminder.storage import lines, owners

_WHY: Mapping[Why, str] = {
    Why.NOTHING: "No sum was found in this text: send the balance itself, such as 250.50",
    Why.UNNAMED: "No sum of this text is called the balance: send the right one as balance",
    Why.SEVERAL: "This text names several balances: send the right one as balance",
    Why.DOUBTFUL: "This text can be read in several ways: send the right sum as balance",
    Why.TO_COME: "This text speaks of a day to come: send the balance as it is now",
    Why.TOO_LONG: f"Send the operator's answer alone, at most {LONGEST_TEXT} characters",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The fields of a reading, and what they were read out of, where that was a text."""

    fields: Mapping[str, object]
    understood: Understood | None = None


def resolve(work: Work, owner: OwnerId, line: LineId, given: Mapping[str, object]) -> Resolved:
    """Put a balance in the place of ``text``; without a text the fields stay as they are. A day
    ``on`` that is given outweighs one that the text names. Raises Unread for what is not certain.
    """
    text = given.get("text")
    if text is None:
        return Resolved({name: value for name, value in given.items() if name != "text"})
    if not isinstance(text, str):
        raise InvalidInput.of("text", AS_TEXT)
    if given.get("balance") is not None:
        raise InvalidInput.of("text", "Send either the balance or a text, not both")
    kept = lines.get(work.session, line, owner)
    person = owners.get(work.session, owner)
    today, currency = person.days.of(work.now), kept.line.currency
    found = intake.read(text, today, currency)
    if isinstance(found, Unclear):
        raise Unread(_WHY[found.why], found.why, meanings(found.candidates, currency))
    if found.balance.currency not in {None, currency}:
        named = found.balance.currency
        raise Unread(f"This text speaks of {named}; this line is kept in {currency}", "currency")
    rest = {name: value for name, value in given.items() if name != "text"}
    fields: dict[str, object] = {"balance": _amount(found.balance, currency), **rest}
    if found.balance.on is not None and fields.get("on") is None:
        fields["on"] = found.balance.on.isoformat()
    return Resolved(fields, found)


def _amount(candidate: Candidate, currency: str) -> str:
    return Money.parse(f"{candidate.amount:f}", currency, "text").amount


def meanings(candidates: tuple[Candidate, ...], currency: str) -> tuple[Meaning, ...]:
    """What a line of that currency could take of what a text may say."""
    found = []
    for one in candidates:
        if one.currency in {None, currency}:
            try:
                found.append(Meaning(_amount(one, currency), currency, one.on))
            except InvalidInput:
                continue
    return tuple(dict.fromkeys(found))


def offers(text: str, today: date, currency: str) -> tuple[Meaning, ...]:
    """What to choose among, where a text leaves a doubt; nothing where it is clear."""
    found = intake.read(text, today, currency)
    return meanings(found.candidates, currency) if isinstance(found, Unclear) else ()
