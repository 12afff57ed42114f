"""The description of the API, for programs and for people."""

from __future__ import annotations

import json
import re

from tests.api.conftest import Site


async def test_the_description_is_whole(site: Site) -> None:
    """Each call of the contract stands in the OpenAPI, and every reference leads somewhere."""
    answer = await site.nobody.get("/openapi.json")
    described = answer.json()
    calls = {(m.upper(), path) for path, ms in described["paths"].items() for m in ms}
    assert {
        ("POST", "/lines"),
        ("PATCH", "/lines/{line}"),
        ("GET", "/lines/{line}/schedule"),
        ("POST", "/lines/{line}/topped-up"),
        ("POST", "/lines/{line}/undo"),
        ("POST", "/channels/{channel}/test"),
        ("POST", "/deliveries/{delivery}/retry"),
        ("POST", "/owners/{owner}/link"),
        ("DELETE", "/tokens/{token}"),
        ("GET", "/operators/{operator}"),
    } <= calls
    assert described["servers"] == [{"url": "/api/v1"}]
    names = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(described)))
    assert names == set(described["components"]["schemas"])
    assert "#/$defs" not in answer.text


async def test_the_page_stands_alone(site: Site) -> None:
    """The reference page names every call and error, and loads nothing from elsewhere."""
    answer = await site.nobody.get("http://test/api/docs")
    assert answer.status_code == 200
    assert "/lines/{line}/topped-up" in answer.text
    assert 'id="invalid_input"' in answer.text
    assert "http" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', answer.text))
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    style = await site.nobody.get("http://test/api/docs.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_each_call_says_what_it_does(site: Site) -> None:
    """No call is without a sentence, and only the catalogue needs no token."""
    paths = (await site.nobody.get("/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        for call in methods.values():
            assert call.get("description"), path
            assert bool(call.get("security")) is not path.startswith("/operators"), path
