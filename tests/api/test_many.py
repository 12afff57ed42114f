"""Many lines in one call: what is asked, what is answered, and that it is done once."""

from __future__ import annotations

from tests.api.conftest import Site

LIST = "8 916 123 45 67;179,50\n+7 999 000-00-00 300"


async def test_an_edit_over_the_api(site: Site, line: dict[str, object]) -> None:
    """A dry run says what would change; the call with its word changes it; 207 names the refused,
    another owner's among them."""
    one = (await site.anna.post("/lines", json=line)).json()["id"]
    asked = {"all": True, "fee": "350", "add_tag": "office"}
    seen = (await site.anna.post("/lines/edit", json={**asked, "dry_run": True})).json()
    assert (seen["changed"], seen["applied"]) == (1, False)
    done = await site.anna.post("/lines/edit", json={**asked, "expected": seen["expected"]})
    assert (done.status_code, done.json()["applied"]) == (200, True)
    assert (await site.anna.get(f"/lines/{one}")).json()["fee"]["amount"] == "350.00"
    theirs = await site.boris.post("/lines/edit", json={"lines": [one], "fee": "1"})
    assert (theirs.status_code, theirs.json()["refused"]) == (207, 1)
    assert theirs.json()["items"][0]["errors"][0]["pointer"] == "#/lines"
    late = await site.anna.post("/lines/edit", json={**asked, "fee": "1", "expected": "other"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (await site.anna.post("/lines/edit", json={"all": True})).status_code == 422


async def test_a_list_of_top_ups_over_the_api(site: Site, line: dict[str, object]) -> None:
    """Each row with what it was read as; nothing while one is wrong; the good ones on request;
    once; and taken back."""
    one = (await site.anna.post("/lines", json=line)).json()["id"]
    held = await site.anna.post("/lines/top-ups", json={"text": LIST})
    assert held.status_code == 207
    said = held.json()
    assert (said["applied"], said["refused"], said["counted"]) == (False, 1, 1)
    assert said["items"][0]["sum"] == {"amount": "179.50", "currency": "RUB"}
    assert said["items"][0]["line"] == one
    assert "not in your list" in said["items"][1]["detail"]
    asked = {"text": LIST, "keep_good": True}
    first = await site.anna.post("/lines/top-ups", json=asked, headers={"Idempotency-Key": "k"})
    again = await site.anna.post("/lines/top-ups", json=asked, headers={"Idempotency-Key": "k"})
    assert first.json() == again.json()
    assert first.json()["applied"] is True
    third = (await site.anna.post("/lines/top-ups", json=asked)).json()
    assert (third["already"], third["applied"]) == (1, False)
    back = (await site.anna.post("/lines/top-ups", json={"text": LIST, "undo": True})).json()
    assert (back["undone"], back["totals"][0]["amount"]) == (1, "179.50")
    readings = (await site.anna.get(f"/lines/{one}/readings")).json()["items"]
    assert "top_up" not in [r["kind"] for r in readings]
