"""What becomes of a number that stays silent: each step with its day, what happens, what still
helps, and where the service knows it from (PRODUCT section 2; 3a, rule 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reminder.domain.silence import StageKind
from reminder.service.lines import LineView
from reminder.web.keeping import stages
from reminder.web.sources import Source, Teller
from reminder.web.visit import Visit

_BY_USE = frozenset({"burn_rate", "daily_fee"})


@dataclass(frozen=True, slots=True)
class Loss:
    """One step: its day (or in words from when it counts; "" where nothing is known), what it is,
    whether it has come; where the catalogue tells it, what happens, what still helps, the source.
    """

    day: str
    kind: str
    has_come: bool
    text: str = ""
    helps: str = ""
    source: Source | None = None


def steps_of(visit: Visit, view: LineView) -> list[Loss]:
    """The steps in which the number is lost, earliest first; none where silence is not watched.

    The day of the clock is always one of them: where the operator's facts do not tell what happens
    then, or the owner entered another term, it stands in our own words. So does the day on which
    use empties the balance, where it is known.
    """
    silent = view.clocks.inactivity
    if silent is None:
        return []
    told = {one.of.value: one for one in stages(Teller(visit, view.operator))}
    found: list[tuple[date, Loss]] = []
    for step in silent.stages:
        one = told[step.kind.value]
        when = visit.day(step.on) if step.on else str(one.when)
        come = step.on is not None and step.on <= visit.today
        loss = Loss(when, str(one.kind), come, one.text, one.helps, one.source)
        found.append((step.on or date.max, loss))
    if StageKind.ENDED not in {step.kind for step in silent.stages}:
        found.append(_own(visit, silent.lost_on, visit.t("The operator may take the number back")))
    empty_on = _emptied_on(view)
    if empty_on is not None:
        found.append(_own(visit, empty_on, visit.t("The balance is used up, by our count")))
    return [loss for _, loss in sorted(found, key=lambda one: one[0])]


def _own(visit: Visit, on: date, words: str) -> tuple[date, Loss]:
    return on, Loss(visit.day(on), str(words), on <= visit.today)


def _emptied_on(view: LineView) -> date | None:
    money = view.clocks.balance
    by_use = money is not None and money.basis in _BY_USE
    return money.runs_out_on if money and by_use and money.floor is None else None
