"""Promises of reminder/server.py: the real process, over real sockets."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from reminder.app import App, running_service
from reminder.errors import ConfigError
from reminder.server import _config, _Server, create, serve
from tests.conftest import settings_in

SERVE = """
import sys
from pathlib import Path
from tests.conftest import settings_in
from reminder.server import serve
serve(settings_in(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""
ROOT = Path(__file__).resolve().parents[1]


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    command = [sys.executable, "-c", SERVE, str(folder), str(port)]
    said: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line.rstrip())
                if "Sign in" in line or "Error" in line:
                    break
            yield process, said
        finally:
            process.kill()


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_it_serves_and_stops(tmp_path: Path) -> None:
    """It says where it listens and how to sign in first, answers for its health, is found by the
    command line, and on SIGTERM is gone within 30 seconds with its file."""
    port = _free_port()
    settings = settings_in(tmp_path)
    with _served(tmp_path, port) as (process, said):
        assert said[0] == f"Reminder listens on http://127.0.0.1:{port}"
        assert re.fullmatch(r"Sign in: https://reminder\.test/sign-in/\S+", said[-1])
        assert _get(port, "/healthz") == (200, "ok\n")
        status, body = _get(port, "/readyz")
        for _ in range(200):
            if status == 200:
                break
            time.sleep(0.05)
            status, body = _get(port, "/readyz")
        assert (status, json.loads(body)["ready"], json.loads(body)["reasons"]) == (200, True, [])
        path = said[-1].split("reminder.test", 1)[1]
        assert _get(port, path)[0] == 200
        assert _get(port, "/api/v1/lines")[0] == 401
        found = running_service(settings)
        assert found is not None
        assert found[0] == f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not (settings.server.data_dir / "service.json").exists()
        assert running_service(settings) is None


def test_a_second_service_on_the_folder_is_refused(tmp_path: Path) -> None:
    """Another process on the same data does not start, and the first goes on."""
    port = _free_port()
    with _served(tmp_path, port):
        command = [sys.executable, "-c", SERVE, str(tmp_path), str(_free_port())]
        second = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode != 0
        assert "Another reminder process" in second.stderr
        assert _get(port, "/healthz")[0] == 200


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """A port that is in use is refused before anything is touched."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match=r"server\.port"):
            serve(settings_in(tmp_path), "127.0.0.1", taken.getsockname()[1])
    assert not (tmp_path / "data" / "reminder.db").exists()


def test_a_broken_file_on_an_operator_does_not_stop_the_start(tmp_path: Path) -> None:
    """The service starts, says which file it left out and why, and serves the shipped facts."""
    (tmp_path / "data" / "operators").mkdir(parents=True, mode=0o700)
    (tmp_path / "data" / "operators" / "mts.toml").write_text(
        'id = "mts"\ncollected_on = 2026-11-22\nofficial_domain = ["mts.ru"]\n'
    )
    port = _free_port()
    with _served(tmp_path, port) as (_, said):
        (note,) = [line for line in said if line.startswith("Note:") and "mts.toml" in line]
        assert "official_domain: this key is not known; did you mean official_domains?" in note
        assert note.endswith("this file is left out until it is right")
        status, body = _get(port, "/operators/mts?language=en")
        assert (status, "support.mts.ru" in body) == (200, True)


@pytest.mark.parametrize(
    ("trusted", "host"),
    [("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.7")],
)
async def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(
    tmp_path: Path, trusted: str, host: str
) -> None:
    """Who writes X-Forwarded-For without being a proxy of ours is counted as who they are."""
    seen: list[str] = []

    async def tell(request: Request) -> PlainTextResponse:
        assert request.client is not None
        seen.append(request.client.host)
        return PlainTextResponse("")

    environ = {"REMINDER_SERVER__TRUSTED_PROXIES": trusted} if trusted else {}
    settings = settings_in(tmp_path, environ)
    site = Starlette(routes=[Route("/", tell)])
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(_config(site, settings))
        serving = asyncio.create_task(server.serve([listener]))
        headers = {"X-Forwarded-For": "203.0.113.7"}
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
            await client.get("/")
        server.stop()
        await serving
    assert seen == [host]


async def test_an_address_with_a_line_break_is_answered_by_its_face(app: App) -> None:
    """The API answers a problem, the pages a page: not a bare word."""
    transport = httpx.ASGITransport(create(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        called = await client.get("/api/v1/lines/x%0Ay")
        looked = await client.get("/operators/x%0Ay")
    assert called.headers["content-type"] == "application/problem+json"
    assert looked.headers["content-type"].startswith("text/html")
