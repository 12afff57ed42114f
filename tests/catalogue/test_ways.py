"""Promises about the order of the ways to top up (DESIGN section 8)."""

from __future__ import annotations

from itertools import product

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.values import NoteTopic
from reminder.catalogue.ways import warnings, ways
from reminder.domain.routes import Opening, Pay, Place
from tests.catalogue.conftest import Site


@pytest.mark.parametrize(
    ("place", "pay", "possible"),
    [
        (Place.ABROAD, Pay.BANK, ["autopay", "sbp", "card", "friend"]),
        (Place.HOME, Pay.BANK, ["autopay", "salon", "sbp", "card", "friend"]),
        (Place.HOME, Pay.CASH, ["salon", "terminal", "friend"]),
        (Place.ABROAD, Pay.SBP, ["sbp", "autopay", "card", "friend"]),
        (Place.ABROAD, Pay.CARD, ["card", "autopay", "sbp", "friend"]),
        (Place.HOME, Pay.AUTOPAY, ["autopay", "salon", "sbp", "card", "friend"]),
        (Place.ABROAD, Pay.CASH, ["friend"]),
        (Place.ABROAD, Pay.FRIEND, ["friend"]),
        (Place.ABROAD, Pay.FOREIGN, ["friend"]),
        (None, None, ["autopay", "salon", "sbp", "card", "terminal", "friend"]),
    ],
)
def test_order_for_mts(
    shipped: Catalogue, place: Place | None, pay: Pay | None, possible: list[str]
) -> None:
    """What is open here comes first, then the cheapest, then the fewest steps."""
    found = ways(shipped.get("mts"), place, pay)
    assert [way.method.value.id for way in found if way.possible] == possible
    assert [way.possible for way in found] == sorted((way.possible for way in found), reverse=True)


def test_every_operator_has_a_way_from_everywhere(shipped: Catalogue) -> None:
    """Wherever one is and whatever one has, there is at least one way, and none is lost."""
    for operator, place, pay in product(shipped.all(), Place, Pay):
        if operator.methods:
            found = ways(operator, place, pay)
            assert found[0].possible, (operator.id, place, pay)
            assert {way.method for way in found} == set(operator.methods)


def test_a_closed_way_says_why(shipped: Catalogue) -> None:
    """A way that is shut names the reason in each language, and all that would open it."""
    abroad = {w.method.value.id: w for w in ways(shipped.get("mts"), Place.ABROAD, Pay.CASH)}
    foreign = {w.method.value.id: w for w in ways(shipped.get("mts"), Place.HOME, Pay.FOREIGN)}
    assert abroad["friend"].reason is None
    assert abroad["salon"].reason is not None
    assert abroad["salon"].reason.zh == "只能在运营商所在的国家办理。"
    assert foreign["salon"].reason is not None
    assert foreign["salon"].reason.en == "Needs a bank of the operator’s own country or cash."
    assert foreign["salon"].reason.ru == "Для этого нужно: банк страны оператора или наличные."


def method(name: str, steps: int, fee: str) -> str:
    """A method of so many steps at such a fee."""
    words = "".join(f"steps.{lang} = {['step'] * steps}\n" for lang in ("zh", "ru", "en"))
    names = "".join(f'name.{lang} = "{name}"\n' for lang in ("zh", "ru", "en"))
    fees = "".join(f'fee.text.{lang} = "fee"\n' for lang in ("zh", "ru", "en"))
    percent = f'{fees}fee.percent = "{fee}"\n' if fee else ""
    where = 'places = ["home"]\npays = ["bank"]\nadvice = true\n'
    return f"[methods.{name}]\n{names}{where}{words}{percent}"


def test_equal_ways_keep_the_order_of_the_file(site: Site) -> None:
    """Cost beats steps, steps beat the file's order, and an unknown cost comes last."""
    body = (
        method("unknown", 1, "")
        + method("dear", 1, "10")
        + method("long", 3, "0.4")
        + method("second", 2, "0.40")
        + method("third", 2, "0.4")
    )
    found = ways(site(body).get("example"), Place.HOME, Pay.BANK)
    ids = [way.method.value.id for way in found if way.method.value.id not in ("site", "friend")]
    assert ids == ["second", "third", "long", "dear", "unknown"]


def test_what_a_page_takes_may_be_not_known(shipped: Catalogue) -> None:
    """A way whose means nobody found is kept, after the sure ones, and says so."""
    found = ways(shipped.get("giffgaff"), Place.ABROAD, Pay.FOREIGN)
    by_id = {way.method.value.id: way for way in found}
    assert found[0].method.value.id == "friend"
    assert by_id["site"].opening is Opening.UNSURE
    assert by_id["site"].possible
    assert by_id["site"].reason is not None
    assert ways(shipped.get("giffgaff"), Place.ABROAD, None)[0].opening is Opening.OPEN


@pytest.mark.parametrize(
    ("place", "pay", "first", "without"),
    [
        (None, None, NoteTopic.FOREIGNERS, set()),
        (Place.ABROAD, Pay.SBP, NoteTopic.FOREIGNERS, {NoteTopic.CARDS}),
        (Place.HOME, Pay.CASH, NoteTopic.FOREIGNERS, {NoteTopic.RETURN, NoteTopic.WIFI}),
        (Place.HOME, Pay.FOREIGN, NoteTopic.FOREIGNERS, {NoteTopic.RETURN}),
    ],
)
def test_warnings_are_those_that_apply(
    shipped: Catalogue,
    place: Place | None,
    pay: Pay | None,
    first: NoteTopic,
    without: set[NoteTopic],
) -> None:
    """Biometrics come before all; the block after a journey is told to who travels or pays by a
    code; foreign cards to who has one; a friend's cash needs no word on Wi-Fi."""
    topics = [fact.value.topic for fact in warnings(shipped.get("mts"), place, pay)]
    assert topics[0] is first
    assert topics[-1] is NoteTopic.FRAUD
    assert not set(topics) & without


def test_abroad_there_are_no_russian_warnings(shipped: Catalogue) -> None:
    """An operator of another country brings none of Russia's warnings before its ways."""
    topics = {fact.value.topic for fact in warnings(shipped.get("giffgaff"), None, None)}
    assert topics == {NoteTopic.FRAUD, NoteTopic.WIFI}
