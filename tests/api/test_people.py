"""Settings and owners over the API."""

from __future__ import annotations

import pytest

from reminder.app import App
from tests.api.conftest import Site, caller


async def test_me_shows_what_is_in_force(site: Site) -> None:
    """Settings that nobody changed are the config's."""
    said = (await site.anna.get("/me")).json()
    assert said["address"] == "anna@example.org"
    assert said["admin"] is True
    assert (said["at"], said["quiet_hours"]) == ("09:00", "22:00-08:00")
    assert said["lead_times"] == ["P7D", "P3D", "P1D", "P0D"]
    assert said["after_times"] == ["P1D", "P3D", "P7D", "P14D"]
    assert said["when_covered"] == "once"


async def test_me_changes_what_is_named(site: Site) -> None:
    """A patch changes its fields, and null puts the config's value back."""
    patch = {"at": "08:15", "language": "zh", "lead_times": ["P2D"], "quiet_hours": ""}
    said = (await site.anna.patch("/me", json=patch)).json()
    assert {name: said[name] for name in patch} == patch
    said = (await site.anna.patch("/me", json={"at": None, "lead_times": None})).json()
    assert (said["at"], said["lead_times"][0]) == ("09:00", "P7D")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "fr"),
        ("language", 5),
        ("timezone", "Moscow"),
        ("at", "25:00"),
        ("at", 900),
        ("quiet_hours", "22-8"),
        ("lead_times", ["7"]),
        ("lead_times", "P7D"),
        ("inactivity_lead_times", ["PT1H"]),
        ("after_times", ["-P1D"]),
        ("when_covered", "seldom"),
        ("place", "x" * 21),
        ("numbers", "hidden"),
        ("numbers", True),
        ("second_contact", "anna@example.org"),
        ("second_contact", "nobody"),
        ("second_contact", 5),
        ("address", "eve@example.org"),
        ("admin", True),
    ],
)
async def test_wrong_settings_are_refused(site: Site, field: str, value: object) -> None:
    """A wrong value is named and nothing changes."""
    before = (await site.anna.get("/me")).json()
    answer = await site.anna.patch("/me", json={"place": "home", field: value})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"].split("/")[1] == field
    assert (await site.anna.get("/me")).json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "address"),
        ({"address": "nobody"}, "address"),
        ({"address": 5}, "address"),
        ({"address": "c@example.org", "language": "fr"}, "language"),
        ({"address": "c@example.org", "timezone": "Mars"}, "timezone"),
        ({"address": "c@example.org", "admin": "maybe"}, "admin"),
        ({"address": "c@example.org", "colour": "red"}, "colour"),
    ],
)
async def test_wrong_owners_are_refused(site: Site, body: dict[str, object], field: str) -> None:
    """A wrong field is named."""
    admin = await site.token("anna", "admin")
    answer = await admin.post("/owners", json=body)
    assert answer.status_code == 422
    assert f"#/{field}" in [one["pointer"] for one in answer.json()["errors"]]


async def test_an_owner_twice_is_a_conflict(site: Site) -> None:
    """An address belongs to one owner."""
    admin = await site.token("anna", "admin")
    assert (await admin.post("/owners", json={"address": "boris@example.org"})).status_code == 409


async def test_the_machine_makes_the_first_owner(bare: App) -> None:
    """Without an owner the machine's own token is told so, adds the first, and then acts for
    them."""
    machine = caller(bare)(bare.local_token)
    assert (await machine.get("/me")).status_code == 404
    made = await machine.post("/owners", json={"address": "anna@example.org"})
    assert made.status_code == 201
    assert made.json()["admin"] is True
    assert (await machine.get("/me")).json()["id"] == made.json()["id"]


async def test_the_second_contact_is_named_and_taken_back(site: Site) -> None:
    """An address of somebody else is kept, shown with its state, and is no channel of the list;
    null takes it back."""
    said = (await site.anna.patch("/me", json={"second_contact": "vera@example.org"})).json()
    assert said["second_contact"] == "vera@example.org"
    assert said["second_contact_state"] == "works"
    listed = (await site.anna.get("/channels")).json()["items"]
    assert [one["address"] for one in listed] == ["anna@example.org"]
    assert (await site.anna.get("/me")).json() == said
    said = (await site.anna.patch("/me", json={"second_contact": None})).json()
    assert (said["second_contact"], said["second_contact_state"]) == (None, None)


TRIP = {"timezone": "Asia/Shanghai", "first_day": "2026-12-01", "last_day": "2026-12-20"}


async def test_trips_are_set_and_move_the_schedule(site: Site, line: dict[str, object]) -> None:
    """Dated zones in /me: what comes on those days comes at nine there; null takes them away."""
    one = (await site.anna.post("/lines", json=line)).json()
    said = (await site.anna.patch("/me", json={"trips": [TRIP]})).json()
    assert said["trips"] == [TRIP]
    ahead = (await site.anna.get(f"/lines/{one['id']}/schedule?months=1")).json()["items"]
    by_day = {item["due_at"]: item["timezone"] for item in ahead}
    assert by_day["2026-11-30T06:00:00Z"] == "Europe/Moscow"
    assert by_day["2026-12-01T01:00:00Z"] == "Asia/Shanghai"
    assert (await site.anna.patch("/me", json={"trips": None})).json()["trips"] == []


@pytest.mark.parametrize(
    "trips",
    [
        "Shanghai",
        [5],
        [{**TRIP, "extra": "x"}],
        [{**TRIP, "first_day": 5}],
        [{**TRIP, "timezone": "Atlantis"}],
        [{**TRIP, "last_day": "2026-11-01"}],
        [{**TRIP, "last_day": "2026-02-30"}],
        [TRIP, TRIP],
        [TRIP] * 101,
    ],
)
async def test_trips_that_cannot_be_are_refused(site: Site, trips: object) -> None:
    """Each is named as ``trips``, and nothing changes."""
    answer = await site.anna.patch("/me", json={"trips": trips, "place": "home"})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"#/trips"}
    me = (await site.anna.get("/me")).json()
    assert (me["trips"], me["place"]) == ([], "")


async def test_how_numbers_stand_in_lists(site: Site, line: dict[str, object]) -> None:
    """Masked in lists where the owner wants that, and a call may ask for either; found by all
    digits, and whole by itself, whatever is chosen; null puts the usual back."""
    one = (await site.anna.post("/lines", json=line)).json()

    async def listed(query: str = "") -> str:
        (item,) = (await site.anna.get(f"/lines?find=89161234567{query}")).json()["items"]
        return str(item["number"])

    assert (await site.anna.get("/me")).json()["numbers"] == "usual"
    masked = "+7 916 ••• •• 67"
    for chosen, expected in (("masked", masked), ("whole", one["number"]), (None, one["number"])):
        said = (await site.anna.patch("/me", json={"numbers": chosen})).json()
        assert said["numbers"] == (chosen or "usual")
        assert await listed() == expected
        assert await listed("&masked=true") == masked
        assert await listed("&masked=false") == one["number"]
        assert (await site.anna.get(f"/lines/{one['id']}")).json()["number"] == one["number"]
        assert one["number"] in (await site.anna.get("/export?format=csv")).text
