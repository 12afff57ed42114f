"""What the background work and the use cases have in common: settings, facts, keys, and how a
line as it is kept becomes the situation that the rules look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.operator import Operator
from reminder.config import Settings
from reminder.domain import phone
from reminder.domain.ids import ENTROPY_BYTES, compose
from reminder.domain.line import Line, Situation, WhenCovered
from reminder.domain.owner import LANGUAGES, Habits, Owner, ladder
from reminder.domain.silence import KeepAlive, Stage, StageKind, TopUpCounts
from reminder.rendering.templating import SHIPPED, Templates
from reminder.storage.lines import Kept
from reminder.storage.vault import Vault

RUSSIAN_TERM = 90


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

    def new_id(self, prefix: str, now: datetime) -> str:
        """A fresh id of that prefix."""
        return compose(prefix, now, self.entropy(ENTROPY_BYTES))

    def was_down(self, due_at: datetime, planned_at: datetime) -> bool:
        """Whether what fell due was planned only after this process began: nothing ran before."""
        return self.started_at is not None and due_at < self.started_at <= planned_at

    def situation(self, kept: Kept, owner: Owner, now: datetime) -> Situation:
        """A kept line as the rules look at it."""
        line = replace(kept.line, keep_alive=self.keep_alive(kept.line, owner, now))
        steps = ladder(owner, line, self.habits)
        return Situation(line, kept.standing, kept.readings, steps)

    def keep_alive(self, line: Line, owner: Owner, now: datetime) -> KeepAlive | None:
        """How long a line may be silent: the owner's figure, else the operator's, else 90 days in
        Russia (3a, rule 23); with what counts as use there, and the steps of the loss."""
        operator = self.catalogue.of_line(line.operator)
        country = operator.country or phone.country_of(line.number)
        rule = operator.keepalive.in_force
        if line.inactivity_days is not None:
            keep = KeepAlive(line.inactivity_days, "owner")
        elif rule is not None and rule.value.days:
            today = owner.days.of(now)
            keep = KeepAlive(rule.value.days, "operator", rule.is_stale(today))
        elif country == "RU":
            keep = KeepAlive(RUSSIAN_TERM, "operator")
        else:
            return None
        counts = operator.keepalive.counts
        top_up = TopUpCounts(counts.value.top_up.value) if counts else TopUpCounts.UNKNOWN
        return replace(keep, top_up=top_up, stages=_stages(operator))


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
