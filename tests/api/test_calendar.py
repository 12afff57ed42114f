"""``POST /me/calendar`` and the feed's address in ``GET /me``."""

from __future__ import annotations

from tests.api.conftest import Site


async def test_the_address_is_told_and_renewed(site: Site) -> None:
    """Settings name the feed's address; asking for a new one changes it."""
    old = (await site.anna.get("/me")).json()["calendar_url"]
    assert old.startswith("https://sim.example/r/calendar/")
    assert old.endswith(".ics")
    new = (await site.anna.post("/me/calendar")).json()["calendar_url"]
    assert new != old
    assert (await site.anna.get("/me")).json()["calendar_url"] == new
    reader = await site.token("anna", "read")
    assert (await reader.post("/me/calendar")).status_code == 403
