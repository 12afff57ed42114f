"""Lines over the API: what is answered, and how each wrong field is refused."""

from __future__ import annotations

import pytest

from tests.api.conftest import Site

Fields = dict[str, object]


async def _add(site: Site, fields: Fields) -> Fields:
    answer = await site.anna.post("/lines", json=fields)
    assert answer.status_code == 201, answer.text
    found: Fields = answer.json()
    return found


async def test_register_answers_the_whole_line(site: Site, line: Fields) -> None:
    """A registered line comes back normalised, with its clocks, leading clock and next moment."""
    answer = await site.anna.post("/lines", json=line)
    said = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/r/api/v1/lines/{said['id']}"
    assert said["number"] == "+79161234567"
    assert said["state"] == "active"
    assert said["balance"] == {"amount": "120.50", "currency": "RUB", "on": "2026-11-22"}
    assert said["fee"] == {"amount": "300.00", "currency": "RUB"}
    assert said["renews_on"] == said["anchor"] == "2026-12-01"
    assert said["lead_times"] == ["P7D", "P3D", "P1D", "P0D"]
    assert said["operator_guess"]["confidence"] == "low"
    assert said["clocks"]["renewal"] == {
        "on": "2026-12-01",
        "days_left": 9,
        "covered": False,
        "overdue": False,
        "short": {"amount": "179.50", "currency": "RUB"},
        "unconfirmed": False,
    }
    assert said["clocks"]["balance"] == {
        "runs_out_on": "2026-12-01",
        "days_left": 9,
        "projected": {"amount": "120.50", "currency": "RUB"},
        "basis": "fee",
        "floor": None,
    }
    silence = said["clocks"]["inactivity"]
    assert isinstance(silence.pop("stages"), list)
    assert silence == {
        "lost_on": "2026-12-30",
        "days_left": 38,
        "rule": "owner",
        "stale": False,
        "top_up_counts": "yes",
    }
    assert said["leading"] == "renewal"
    assert said["next_due_at"] == "2026-11-24T06:00:00Z"


async def test_a_clock_that_does_not_run_is_null(site: Site) -> None:
    """A line with a date only has no balance clock and no inactivity clock."""
    said = await _add(site, {"number": "+79161234567", "renews_on": "2026-12-01"})
    clocks = said["clocks"]
    assert isinstance(clocks, dict)
    assert clocks["balance"] is None
    assert clocks["inactivity"] is None
    assert said["operator"] == "other"


async def test_all_faults_are_told_at_once(site: Site) -> None:
    """One answer names every wrong field."""
    wrong = {"number": "1", "fee": "x", "period": "x", "renews_on": "x", "colour": "x"}
    answer = await site.anna.post("/lines", json=wrong)
    found = {one["pointer"] for one in answer.json()["errors"]}
    assert found == {"#/number", "#/fee", "#/period", "#/renews_on", "#/colour"}


async def test_the_same_number_twice_is_a_conflict(site: Site, line: Fields) -> None:
    """A number in another spelling is the same number: 409."""
    await _add(site, line)
    answer = await site.anna.post("/lines", json={**line, "number": "8 (916) 123 45 67"})
    assert answer.status_code == 409
    assert (await site.boris.post("/lines", json=line)).status_code == 201


async def test_patch_changes_what_it_names(site: Site, line: Fields) -> None:
    """A merge patch leaves the rest, and null takes away."""
    one = await _add(site, line)
    answer = await site.anna.patch(f"/lines/{one['id']}", json={"label": "Dad", "note": None})
    said = answer.json()
    assert answer.status_code == 200
    assert (said["label"], said["note"], said["fee"]) == ("Dad", "", one["fee"])
    merge = {"content-type": "application/merge-patch+json"}
    answer = await site.anna.patch(
        f"/lines/{one['id']}", content='{"label": "Uncle"}', headers=merge
    )
    assert answer.json()["label"] == "Uncle"


async def test_deleted_is_gone(site: Site, line: Fields) -> None:
    """DELETE answers 204, and the line is found no more."""
    one = await _add(site, line)
    answer = await site.anna.delete(f"/lines/{one['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await site.anna.get(f"/lines/{one['id']}")).status_code == 404
    assert (await site.anna.delete(f"/lines/{one['id']}")).status_code == 404


async def test_pages_hold_every_line_once(site: Site) -> None:
    """Following the cursor shows each line once, the most urgent first."""
    for n in range(5):
        await _add(site, {"number": f"+7916123450{n}", "renews_on": f"2026-12-0{5 - n}"})
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        said = (await site.anna.get("/lines", params=query)).json()
        assert len(said["items"]) <= 2
        seen += [one["renews_on"] for one in said["items"]]
        if said["next"] is None:
            break
        query["cursor"] = said["next"]
    assert seen == [f"2026-12-0{n}" for n in range(1, 6)]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=%21", "cursor=YQ"])
async def test_a_wrong_page_is_refused(site: Site, query: str) -> None:
    """A limit out of bounds, or a cursor that is not ours, is 422 and names the parameter."""
    answer = await site.anna.get(f"/lines?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/" + query.partition("=")[0]


@pytest.mark.parametrize("text", ["8 916 123-45-67", "mum", "+79161234567"])
async def test_find_takes_number_and_label(site: Site, line: Fields, text: str) -> None:
    """``?find=`` finds one line by a number in any spelling or by its label; else 404."""
    one = await _add(site, line)
    found = (await site.anna.get("/lines", params={"find": text})).json()["items"]
    assert [each["id"] for each in found] == [one["id"]]
    assert (await site.anna.get("/lines", params={"find": "dad"})).status_code == 404


async def test_schedule_lists_what_is_to_come(site: Site, line: Fields) -> None:
    """The schedule begins with the first lead and names clock, deadline, lead and channels."""
    one = await _add(site, line)
    said = (await site.anna.get(f"/lines/{one['id']}/schedule?months=2")).json()
    first = said["items"][0]
    assert first["due_at"] == "2026-11-24T06:00:00Z"
    assert (first["clock"], first["deadline"], first["lead_days"]) == ("renewal", "2026-12-01", 7)
    assert len(first["channels"]) == 1
    assert said["next"] is None
    assert {item["timezone"] for item in said["items"]} == {"Europe/Moscow"}
    assert (await site.anna.get(f"/lines/{one['id']}/schedule?months=0")).status_code == 422


@pytest.mark.parametrize(
    ("form", "kind"),
    [("text", "text/plain"), ("html", "text/html"), ("json", "application/json")],
)
async def test_preview_renders_each_form(site: Site, line: Fields, form: str, kind: str) -> None:
    """The next message comes in the form asked for; HTML in a sandbox."""
    one = await _add(site, line)
    answer = await site.anna.get(f"/lines/{one['id']}/preview?format={form}&language=ru")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert ("sandbox" in answer.headers.get("content-security-policy", "")) is (form == "html")
    assert "179" in answer.text


async def test_preview_without_a_form_has_all(site: Site, line: Fields) -> None:
    """Without a format the answer holds subject, text, HTML and the webhook's body."""
    one = await _add(site, line)
    said = (await site.anna.get(f"/lines/{one['id']}/preview?language=zh")).json()
    assert said["language"] == "zh"
    assert said["subject"]
    assert said["json"]["type"] == "reminder.due"
    assert (await site.anna.get(f"/lines/{one['id']}/preview?language=fr")).status_code == 422


async def test_acts_answer_the_line(site: Site, line: Fields) -> None:
    """Topped up, snoozed, stopped, resumed, renewed, used: each answers the line as it is now."""
    path = f"/lines/{(await _add(site, line))['id']}"
    site.watch.move(minutes=1)
    said = (await site.anna.post(f"{path}/topped-up", json={"amount": "200"})).json()
    assert said["clocks"]["renewal"]["covered"] is True
    said = (await site.anna.post(f"{path}/undo")).json()
    assert said["clocks"]["renewal"]["covered"] is False
    said = (await site.anna.post(f"{path}/snooze", json={"until": "2026-11-25"})).json()
    assert said["snoozed_until"] == "2026-11-25"
    assert (await site.anna.post(f"{path}/stop")).json()["state"] == "stopped"
    assert (await site.anna.post(f"{path}/resume")).json()["state"] == "active"
    said = (await site.anna.post(f"{path}/used", json={"kind": "call"})).json()
    assert said["last_active_on"] == "2026-11-22"
    assert (await site.anna.post(f"{path}/acknowledge")).status_code == 200
    said = (await site.anna.post(f"{path}/renewed", json={})).json()
    assert said["renews_on"] == "2027-01-01"


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("topped-up", {}, 422),
        ("topped-up", {"amount": "0"}, 422),
        ("topped-up", {"amount": "5", "on": "2026-11-23"}, 422),
        ("renewed", {"on": "2026-11-23"}, 422),
        ("renewed", {"amount": "5"}, 422),
        ("used", {"on": "x"}, 422),
        ("snooze", {}, 422),
        ("snooze", {"until": "2026-11-22"}, 422),
        ("snooze", {"until": "2026-12-07"}, 422),
        ("stop", {"now": True}, 422),
        ("resume", {}, 409),
        ("undo", {}, 409),
        ("dance", {}, 404),
    ],
)
async def test_wrong_acts_are_refused(
    site: Site, line: Fields, verb: str, body: Fields, status: int
) -> None:
    """An act with a wrong field is 422, one that does not fit is 409, an unknown one 404."""
    path = f"/lines/{(await _add(site, line))['id']}"
    answer = await site.anna.post(f"{path}/{verb}", json=body)
    assert answer.status_code == status
    assert answer.json()["status"] == status


async def test_a_forecast_says_what_reaches_a_day(site: Site, line: Fields) -> None:
    """Three fees before 1 March need 900, 120.50 are there: 779.50 must be paid in."""
    path = f"/lines/{(await site.anna.post('/lines', json=line)).json()['id']}/forecast"
    said = (await site.anna.get(path, params={"until": "2027-03-01"})).json()
    assert said["needed"] == {"amount": "779.50", "currency": "RUB"}
    assert said["fees"] == ["2026-12-01", "2027-01-01", "2027-02-01"]
    assert (said["runs_out_on"], said["basis"]) == ("2026-12-01", "fee")
    assert (said["a_day"], said["is_estimate"]) == (None, False)
    assert (await site.anna.get(path)).json()["until"] == "2027-02-20"


@pytest.mark.parametrize("until", ["soon", "2026-11-22", "2099-01-01", "2026-02-30", ""])
async def test_a_forecast_of_no_day_to_come_is_refused(
    site: Site, line: Fields, until: str
) -> None:
    """What is no day, not to come, or too far is refused by the parameter's name."""
    path = f"/lines/{(await site.anna.post('/lines', json=line)).json()['id']}/forecast"
    answer = await site.anna.get(path, params={"until": until})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/until"]


async def test_a_taken_number_names_its_line(site: Site, line: Fields) -> None:
    """A number that is there already answers 409 with the code taken, and says which line has it;
    a PATCH to it as well."""
    one = await _add(site, line)
    other = await _add(site, {"number": "+79167654321", "renews_on": "2026-12-01"})
    answers = [
        await site.anna.post("/lines", json={**line, "number": "8 (916) 123 45 67"}),
        await site.anna.patch(f"/lines/{other['id']}", json={"number": "+79161234567"}),
    ]
    for answer in answers:
        said = answer.json()
        assert (answer.status_code, said["code"], said["line"]) == (409, "taken", one["id"])
        assert "Mum" in said["detail"]


async def test_an_answer_can_be_sent_again(site: Site, line: Fields) -> None:
    """The fields of an answer are those of a request: a line that is read, deleted and registered
    anew is the same line, its anchor included; a PATCH with all of them changes nothing."""
    fields = {**line, "renews_on": "2027-02-28", "anchor": "2027-01-31", "tags": ["family"]}
    one = await _add(site, fields)
    schema = (await site.nobody.get("/openapi.json")).json()["paths"]
    body = schema["/lines"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    again = {name: one[name] for name in body["properties"] if name != "balance"}
    assert (again["renews_on"], again["anchor"]) == ("2027-02-28", "2027-01-31")
    changed = (await site.anna.patch(f"/lines/{one['id']}", json=again)).json()
    assert changed == one
    await site.anna.delete(f"/lines/{one['id']}")
    back = await _add(site, {**again, "balance": "120.50"})
    assert {name: back[name] for name in again} == again
    assert back["clocks"] == one["clocks"]


async def test_numbers_are_masked_on_request(site: Site, line: Fields) -> None:
    """A list and an export show numbers as messages do where they are asked to; what is sought is
    still the whole number."""
    await _add(site, line)
    query = {"masked": "true", "find": "8 916 123-45-67"}
    items = (await site.anna.get("/lines", params=query)).json()["items"]
    assert [one["number"] for one in items] == ["+7 916 ••• •• 67"]
    for form in ("csv", "jsonl"):
        text = (await site.anna.get(f"/export?format={form}&masked=true")).text
        assert "+7 916 ••• •• 67" in text
        assert "1234567" not in text
    assert (await site.anna.get("/lines")).json()["items"][0]["number"] == "+79161234567"
