"""Promises of reminder/engine/desk.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from reminder.app import App
from reminder.domain.ids import ReadingId
from reminder.domain.line import Line, WhenCovered
from reminder.domain.silence import TopUpCounts
from reminder.engine.desk import RULES_KEPT, habits_of, today_of
from reminder.storage.lines import Kept
from tests.builders import build_line, build_standing, read_at
from tests.conftest import START
from tests.storage.samples import owner


def test_ids_are_fresh_and_sort_by_age(app: App) -> None:
    """An id bears its prefix, is never given twice, and a later one sorts after."""
    made = [app.desk.new_id("lin", START + timedelta(milliseconds=n)) for n in range(50)]
    assert made == sorted(made)
    assert len({app.desk.new_id("lin", START) for _ in range(50)}) == 50
    assert all(one.startswith("lin_") for one in made)


def test_the_configs_habits(app: App) -> None:
    """What config.toml says holds where an owner has not said otherwise."""
    habits = habits_of(app.settings)
    assert (habits.at, habits.quiet_hours) == (time(9), "22:00-08:00")
    assert (habits.lead_times, habits.after_times) == ((7, 3, 1, 0), (1, 3, 7, 14))
    assert habits.when_covered is WhenCovered.ONCE


@pytest.mark.parametrize(
    ("line", "days", "rule"),
    [
        (build_line(inactivity_days=60), 60, "owner"),
        (build_line(inactivity_days=60, operator="other"), 60, "owner"),
    ],
)
def test_the_owners_own_silence_counts(app: App, line: Line, days: int, rule: str) -> None:
    """How long a line may be silent is the owner's figure, if there is one (rule 23)."""
    found = app.desk.keep_alive(line, owner(), START)
    assert found is not None
    assert (found.days, found.rule) == (days, rule)


def test_without_a_figure_the_operators_rule_counts(app: App) -> None:
    """Else the operator's rule, 90 days for a Russian number, nothing for one from elsewhere."""
    found = app.desk.keep_alive(build_line(), owner(), START)
    assert found is not None
    rule = app.catalogue.get("mts").keepalive.in_force
    expected = rule.value.days if rule and rule.value.days else 90
    assert (found.days, found.rule) == (expected, "operator")
    unknown = build_line(operator="other")
    russian = app.desk.keep_alive(unknown, owner(), START)
    assert russian is not None
    assert (russian.days, russian.rule) == (90, "operator")
    abroad = replace(unknown, number="+447911123456")
    assert app.desk.keep_alive(abroad, owner(), START) is None


def test_the_catalogue_fills_what_counts_and_the_steps(app: App) -> None:
    """What a top-up does and the steps of the loss come with the figure, in every language."""
    yota = app.desk.keep_alive(build_line(operator="yota"), owner(), START)
    assert yota is not None
    assert yota.top_up is TopUpCounts.IF_COVERED
    kinds = {fact.value.kind.value for fact in app.catalogue.get("yota").keepalive.stages}
    assert {stage.kind.value for stage in yota.stages} == kinds
    assert kinds
    assert all(set(stage.words) == {"en", "ru", "zh"} for stage in yota.stages)
    own = app.desk.keep_alive(build_line(operator="yota", inactivity_days=60), owner(), START)
    assert own is not None
    assert (own.days, own.top_up, own.stages) == (60, yota.top_up, yota.stages)


def test_an_operators_rule_is_read_once_a_day(app: App) -> None:
    """Every line of a day has its operator's same rule; what is kept does not grow for ever."""
    line = build_line()
    first = app.desk.keep_alive(line, owner(), START)
    assert app.desk.keep_alive(line, owner(), START) is first
    app.desk.rules.update({(str(n), START.date()): None for n in range(RULES_KEPT)})
    assert app.desk.keep_alive(line, owner(), START + timedelta(days=1)) == first
    assert len(app.desk.rules) == 1


def test_every_step_and_rule_of_the_catalogue_is_known(app: App) -> None:
    """No operator of the catalogue names a step or a rule that the domain does not know."""
    for operator in app.catalogue.all():
        line = build_line(operator=operator.id, inactivity_days=90)
        keep = app.desk.keep_alive(line, owner(), START)
        assert keep is not None
        assert len(keep.stages) == len(operator.keepalive.stages)


def test_a_kept_line_becomes_a_situation(app: App) -> None:
    """The rules see the line with its keep-alive, its readings and its own ladder."""
    reading = read_at(START, "10", id_=ReadingId("rdg_1"))
    kept = Kept(build_line(lead_times=(5,)), build_standing(), (reading,), 1, START)
    case = app.desk.situation(kept, owner(), START)
    assert case.line.keep_alive is not None
    assert (case.readings, case.standing) == ((reading,), build_standing())
    assert (case.ladder.lead_times, case.ladder.days.home) == ((5,), "Europe/Moscow")


def test_today_is_the_owners(app: App) -> None:
    """At 22:00 UTC it is the next day in Moscow."""
    assert today_of(owner(), START.replace(hour=22)) == date(2026, 11, 21)
