"""Calls out of the OpenAPI description, as Schemathesis makes them up, against the real service:
with ids of what is there, by callers who may and who may not, while time goes by."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import AsyncExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reminder.api.face import calls_of
from reminder.app import App, open_app
from reminder.config import load
from reminder.server import create
from reminder.service import people
from reminder.service.work import Work
from tests.api.conftest import Watch

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
USED = ("anna admin", "anna write", "anna read", "boris write")
KEPT = "not to be taken back"
SOUND: dict[str, dict[str, object]] = {
    "/lines": {
        "number": "+7916123{}",
        "operator": "mts",
        "balance": "50",
        "fee": "300",
        "renews_on": "2026-12-01",
        "period": "P1M",
        "tags": ["family"],
    },
    "/channels": {"kind": "email", "address": "anna{}@example.org"},
    "/watchers": {"address": "boris@example.org", "tag": "family"},
    "/owners": {"address": "carl{}@example.org", "language": "ru"},
    "/tokens": {"name": "phone", "scope": "read"},
    "/lines/{line}/readings": {"balance": "120.50"},
    "/lines/{line}/topped-up": {"amount": "300"},
    "/lines/{line}/used": {"kind": "call"},
    "/lines/{line}/renewed": {},
    "/lines/top-ups": {"text": "+7916123{};300"},
    "/lines/edit": {"all": True, "fee": "310"},
}
NOUNS = {
    "line": ("lines",),
    "channel": ("channels",),
    "delivery": ("deliveries", "test", "confirmation"),
    "owner": ("owners",),
    "token": ("tokens",),
    "job": ("import",),
    "watch": ("watchers", "watching"),
    "reading": ("readings",),
}
USUAL_CALLERS = ("anna admin", "anna admin", "anna write", "boris write")
LEFT_OUT = {"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid"}
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
WORDS: dict[str, tuple[object, ...]] = {
    "number": ("+79161234501", "8 916 123-45-02", "+447700900123", "+8613800138000", "112"),
    "operator": ("mts", "beeline", "other", "giffgaff", None, "no-such"),
    "balance": ("120.50", "-3", {"amount": "7", "currency": "RUB"}, "9e9", None),
    "fee": ("300", "0", {"amount": "12.00", "currency": "EUR"}, None),
    "low_balance": ("50", None),
    "amount": ("300", "0.01", {"amount": "7", "currency": "RUB"}),
    "renews_on": ("2026-12-01", "2026-11-01", "2199-12-31", None),
    "anchor": ("2026-10-31", None),
    "until": ("2026-11-25", "2027-03-01"),
    "on": ("2026-11-20", None),
    "period": ("P1M", "P30D", "P1D", "P1Y", None),
    "last_active_on": ("2026-10-01", None),
    "lead_times": (["P7D", "P0D"], [], ["P1D", "P1D"]),
    "currency": ("RUB", "CNY", "XXX"),
    "timezone": ("Asia/Shanghai", "Europe/Nowhere", "Pacific/Apia"),
    "address": ("anna@example.org", "кто@пример.рф", "a@b"),
    "url": ("https://example.org/hook", "https://10.0.0.1/x", "http://[::1]/"),
    "at": ("09:00", "25:00"),
    "quiet_hours": ("22:00-08:00", "", "1-2"),
    "text": ("Баланс: 120,50 руб.", "+7 916 123-45-01;300", "余额 12.30 元"),
    "tag": ("family",),
    "tags": (["family"], []),
    "channels": ([],),
    "scope": ("read", "write", "admin"),
    "trips": ([{"timezone": "Asia/Tokyo", "first_day": "2026-12-01", "last_day": "2026-12-09"}],),
    "second_contact": ("boris@example.org", None),
    "dry_run": (True, False, None),
    "all": (True, None),
}
FILES = (
    b"number,operator,fee,renews_on\n+79161234501,mts,300,2026-12-01\n",
    "номер;баланс\n+7 916 123-45-02;120,50\n".encode("cp1251"),
    b'[{"number": "+79161234501"}]',
    b"PK\x03\x04",
    b"",
    b"\xff\xfe\x00",
    b'"',
)


@dataclass
class Bench:
    """The application, a clock that a call moves on, who calls, and the ids of what is there."""

    app: App
    watch: Watch
    client: httpx.AsyncClient
    tokens: dict[str, str]
    ids: dict[str, list[str]] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)


async def opened(stack: AsyncExitStack, folder: Path) -> Bench:
    """An application with two owners and a few lines, channels and tokens of each scope."""
    watch = Watch()
    config = folder / "config.toml"
    config.write_text('[server]\nbase_url = "https://sim.example/r"\n')
    app = await stack.enter_async_context(open_app(load(config, {}), clock=watch))

    def begin(work: Work) -> dict[str, str]:
        anna, boris = (people.add_owner(work, f"{n}@example.org") for n in ("anna", "boris"))
        made = {}
        for name in USED:
            owner = anna if name.startswith("anna") else boris
            _, made[name] = people.make_token(work, owner.id, KEPT, name.split()[1], "admin")
        return {**made, "nobody": "", "wrong": "rmd_" + "x" * 43}

    transport = httpx.ASGITransport(create(app), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport)
    return Bench(app, watch, await stack.enter_async_context(client), await app.write(begin))


@dataclass
class Strange:
    """Calls of every operation, checked against the description."""

    bench: Bench
    loop: asyncio.AbstractEventLoop
    faults: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Register what ids can be had of."""
        for path in ("/lines", "/channels", "/watchers", "/tokens"):
            url = f"http://test/api/v1{path}"
            self.send("anna admin", httpx.Request("POST", url, json=sound(path, Random(1))))

    def send(self, who: str, request: httpx.Request) -> httpx.Response:
        """One call by one caller, a while after the last; what it made is remembered."""
        bench = self.bench
        token = bench.tokens[who]
        if token:
            request.headers["authorization"] = f"Bearer {token}"

        response = self.loop.run_until_complete(bench.client.send(request))
        noun = request.url.path.split("/")[3:]
        self._remember(noun[-1] if noun else "", response)
        return response

    def _remember(self, noun: str, response: httpx.Response) -> None:
        is_json = response.headers.get("content-type", "").startswith("application/json")
        if not is_json or response.status_code not in {200, 201, 202}:
            return
        body = response.json()
        if not isinstance(body, dict):
            return
        known = self.bench.ids.setdefault(noun, [])
        for one in [body, *body.get("items", [])]:
            if (
                isinstance(one.get("id"), str)
                and one.get("name") != KEPT
                and one["id"] not in known
            ):
                known.append(one["id"])
        del known[:-20]

    def try_one(self, operation: Any, case: schemathesis.Case[Any], random: Random) -> None:
        """Send a case, some of it replaced by what makes sense, and hold the answer against the
        description."""
        who = random.choice(USUAL_CALLERS if random.random() < 0.9 else sorted(self.bench.tokens))
        case.headers.pop("Authorization", None)
        self._make_sense(case, random)
        self.bench.watch.move(seconds=random.choice([1, 1, 1, 600, 40_000]))
        response = self.send(who, request_of(case, operation, random))
        self.bench.said[f"{response.status_code}"] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as found:
            for one in found.exceptions:
                name = f"{operation.label} {response.status_code} {type(one).__name__}"
                sent = f"{response.request.url} {response.request.content[:300]!r}"
                self.faults.setdefault(name, f"{one} <- {sent} {response.text[:400]}")

    def _make_sense(self, case: schemathesis.Case[Any], random: Random) -> None:
        # What was drawn may be drawn again: it is not ours to change.
        case.path_parameters = dict(case.path_parameters)
        case.body = deepcopy(case.body)
        for name in case.path_parameters:
            if random.random() < (0.85 if case.method != "DELETE" else 0.2):
                known = [i for noun in NOUNS.get(name, ()) for i in self.bench.ids.get(noun, ())]
                case.path_parameters[name] = random.choice(known or ["mts", "none"])
        if case.operation.path in SOUND and random.random() < 0.4:
            case.body = sound(case.operation.path, random)
        body: Any = case.body
        if isinstance(body, dict) and case.operation.body.items:
            for name in (*body, *case.operation.body[0].raw_schema.get("properties", {})):
                if name in WORDS and random.random() < 0.2:
                    body[name] = random.choice(WORDS[name])


def sound(path: str, random: Random) -> Any:
    """A body that the service would take."""
    made = {}
    for name, value in SOUND[path].items():
        made[name] = (
            value.replace("{}", f"{random.randint(0, 40):04}") if isinstance(value, str) else value
        )
    return made


def request_of(case: schemathesis.Case[Any], operation: Any, random: Random) -> httpx.Request:
    """A case as a request; a file goes to where one is imported."""
    sent = case.as_transport_kwargs(base_url="http://test/api/v1")
    headers = {k: v for k, v in sent["headers"].items() if k.lower() not in LEFT_OUT}
    content = sent.get("data") or b""
    if "json" in sent:
        content = json.dumps(sent["json"]).encode()
    if operation.path == "/import":
        content = random.choice(FILES)
    raw = {k.encode(): str(v).encode("utf-8", "replace") for k, v in headers.items()}
    return httpx.Request(
        sent["method"],
        sent["url"],
        params=sent.get("params") or None,
        headers=list(raw.items()),
        content=content,
    )


def run(folder: Path, calls: int, first: int = 0) -> tuple[Counter[str], dict[str, str]]:
    """So many calls of each operation from a seed on; what was answered, and what is not as the
    description says."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        bench = runner.run(opened(stack, folder))
        strange = Strange(bench, runner.get_loop())
        strange.begin()
        schema = schemathesis.openapi.from_dict(described(bench.app))
        operations = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
        _operations(strange, operations, calls * len(operations), first)
        runner.run(stack.aclose())
    return bench.said, strange.faults


def described(app: App) -> dict[str, Any]:
    """The description, without its answer to everything: each status must stand by its name."""
    said: dict[str, Any] = calls_of(app).openapi()
    for methods in said["paths"].values():
        for one in methods.values():
            del one["responses"]["default"]
    return said


def _operations(strange: Strange, operations: list[Any], calls: int, first: int) -> None:
    cases = [one.as_strategy(generation_mode=mode) for one in operations for mode in MODES]

    @seed(first)
    @settings(
        max_examples=calls,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(cases), st.integers(0, 2**32))
    def tried(case: schemathesis.Case[Any], number: int) -> None:
        strange.try_one(case.operation, case, Random(number))

    tried()
