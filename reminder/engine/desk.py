"""What the background work and the use cases have in common: settings, facts, keys, and how a
line as it is kept becomes the situation that the rules look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.operator import Operator
from reminder.config import Settings
from reminder.domain import phone
from reminder.domain.ids import ENTROPY_BYTES, Series, compose
from reminder.domain.line import Ladder, Line, Situation, WhenCovered
from reminder.domain.owner import LANGUAGES, Habits, Owner, ladder
from reminder.domain.silence import KeepAlive, Stage, StageKind, TopUpCounts
from reminder.rendering.templating import SHIPPED, Templates
from reminder.storage.lines import Kept
from reminder.storage.vault import Vault

RUSSIAN_TERM = 90
RULES_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that stays the same while the service runs. ``entropy`` gives random bytes,
    ``key`` is the service's one secret, ``habits`` the config's defaults. ``started_at`` is when
    this process began, None where that does not matter."""

    settings: Settings
    catalogue: Catalogue
    vault: Vault
    key: bytes
    entropy: Callable[[int], bytes]
    habits: Habits
    templates: Templates = SHIPPED
    started_at: datetime | None = None
    rules: dict[tuple[str, date], KeepAlive | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def new_id(self, prefix: str, now: datetime) -> str:
        """A fresh id of that prefix."""
        return compose(prefix, now, self.entropy(ENTROPY_BYTES))

    def series(self, now: datetime) -> Series:
        """Fresh ids of one instant, as many as a pass of the planner needs."""
        return Series(now, self.entropy(ENTROPY_BYTES))

    def was_down(self, due_at: datetime, planned_at: datetime) -> bool:
        """Whether what fell due was planned only after this process began: nothing ran before."""
        return self.started_at is not None and due_at < self.started_at <= planned_at

    def situation(self, kept: Kept, owner: Owner, now: datetime) -> Situation:
        """A kept line as the rules look at it."""
        line, keep = kept.line, self.keep_alive(kept.line, owner, now)
        if keep is not None:
            line = line.changed(keep_alive=keep)
        return Situation(line, kept.standing, kept.readings, ladder(owner, line, self.habits))

    def bare_situation(self, kept: Kept, owner: Owner, now: datetime, steps: Ladder) -> Situation:
        """The same for who asks the rules of thousands: with the owner's ladder where the line has
        none of its own, and without the steps of a loss that nobody watches for."""
        if kept.line.lead_times is not None or kept.standing.last_active_on is not None:
            return self.situation(kept, owner, now)
        return Situation(kept.line, kept.standing, kept.readings, steps)

    def keep_alive(self, line: Line, owner: Owner, now: datetime) -> KeepAlive | None:
        """How long a line may be silent: the owner's figure, else the operator's, else 90 days in
        Russia (3a, rule 23); with what counts as use there, and the steps of the loss."""
        today, operator = owner.days.of(now), self.catalogue.of_line(line.operator)
        keep = self._operators_rule(operator, today)
        if line.inactivity_days is not None:
            own = KeepAlive(line.inactivity_days, "owner")
            return replace(own, top_up=_top_up(operator), stages=_stages(operator))
        if keep is None and not operator.country and phone.country_of(line.number) == "RU":
            return KeepAlive(RUSSIAN_TERM, "operator", False, _top_up(operator), _stages(operator))
        return keep

    def _operators_rule(self, operator: Operator, today: date) -> KeepAlive | None:
        """An operator's own term; on one day it is the same for every line."""
        key = operator.id, today
        if key not in self.rules:
            if len(self.rules) >= RULES_KEPT:
                self.rules.clear()
            self.rules[key] = _rule(operator, today)
        return self.rules[key]


def _rule(operator: Operator, today: date) -> KeepAlive | None:
    rule = operator.keepalive.in_force
    if rule is not None and rule.value.days:
        days, stale = rule.value.days, rule.is_stale(today)
    elif operator.country == "RU":
        days, stale = RUSSIAN_TERM, False
    else:
        return None
    return KeepAlive(days, "operator", stale, _top_up(operator), _stages(operator))


def _top_up(operator: Operator) -> TopUpCounts:
    counts = operator.keepalive.counts
    return TopUpCounts(counts.value.top_up.value) if counts else TopUpCounts.UNKNOWN


def _stages(operator: Operator) -> tuple[Stage, ...]:
    """The steps of the loss as the catalogue tells them, in each language."""
    found = []
    for stage in (fact.value for fact in operator.keepalive.stages):
        told = (stage.text, stage.helps) if stage.helps else (stage.text,)
        words = {
            language: ("" if language == "zh" else " ").join(text.in_(language) for text in told)
            for language in LANGUAGES
        }
        found.append(Stage(StageKind(stage.kind.value), stage.since.value, stage.days, words))
    return tuple(found)


def habits_of(settings: Settings) -> Habits:
    """The config's defaults as habits."""
    chosen = settings.reminders
    quiet = chosen.quiet_hours
    return Habits(
        at=chosen.at,
        quiet_hours=f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}" if quiet else "",
        lead_times=tuple(chosen.lead_times),
        inactivity_lead_times=tuple(chosen.inactivity_lead_times),
        after_times=tuple(chosen.after_times),
        when_covered=WhenCovered(chosen.when_covered),
    )


def today_of(owner: Owner, now: datetime) -> date:
    """The owner's civil date."""
    return owner.days.of(now)
