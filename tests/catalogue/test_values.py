"""Promises about the values that facts hold."""

from __future__ import annotations

from reminder.catalogue.catalogue import Catalogue
from reminder.domain.routes import Pay, Place


def test_a_method_is_a_route(shipped: Catalogue) -> None:
    """What the order of the ways depends on is read from the method as it is written."""
    sbp = next(f.value for f in shipped.get("mts").methods if f.value.id == "sbp")
    assert (sbp.route.places, sbp.route.pays) == (frozenset(Place), frozenset({Pay.SBP}))
    assert (str(sbp.route.percent), sbp.route.steps) == ("0.4", 3)


def test_the_rule_in_force_names_days(shipped: Catalogue) -> None:
    """A rule without days leaves the country's in force; without either there is none."""
    assert shipped.get("beeline").keepalive.in_force is shipped.get("beeline").keepalive.law
    assert shipped.get("tello").keepalive.in_force is None
