"""Promises of deploy/nginx.conf: a real nginx before a real service, both on loopback."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reminder import server
from reminder.app import App, open_app
from reminder.service import people
from tests.conftest import HandClock, settings_in

SITE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NAME = "reminder.example.org"

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not on this machine")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _certificate(folder: Path) -> None:
    """A certificate for the site's name that only this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, private, plain))


def _site(folder: Path, port: int, behind: int) -> Path:
    """The shipped site with this test's ports and certificate, inside a small main file."""
    site = SITE.read_text()
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{behind}")
    site = re.sub(r"/etc/letsencrypt/live/[^/]+", str(folder), site)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "main.conf"
    main.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\n"
        f"master_process off;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
    )
    return main


@pytest.fixture
async def app(tmp_path: Path, clock: HandClock) -> AsyncIterator[App]:
    """An app that is told of its proxy."""
    environ = {
        "REMINDER_SERVER__BASE_URL": f"https://{NAME}",
        "REMINDER_SERVER__TRUSTED_PROXIES": '["127.0.0.1/32"]',
    }
    async with open_app(settings_in(tmp_path, environ), clock=clock) as opened:
        yield opened


@pytest.fixture
async def browser(app: App, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that reaches the service through nginx, by the site's name and certificate."""
    port, behind = _free_port(), _free_port()
    _certificate(tmp_path)
    made = server.create(app)
    config = uvicorn.Config(made, "127.0.0.1", behind, log_config=None, lifespan="off")
    serving = uvicorn.Server(config)
    task = asyncio.create_task(serving.serve())
    command = ["nginx", "-p", str(tmp_path), "-c", str(_site(tmp_path, port, behind))]
    proxy = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    trusted = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")
    try:
        address = f"https://127.0.0.1:{port}"
        async with httpx.AsyncClient(
            base_url=address, verify=trusted, headers={"host": NAME}, trust_env=False
        ) as client:
            await _reached(client)
            yield client
    finally:
        proxy.terminate()
        await proxy.wait()
        serving.should_exit = True
        await task


async def _reached(client: httpx.AsyncClient) -> None:
    """Wait until both answer; the test's own time limit ends it."""
    while True:
        try:
            if (await client.get("/healthz")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.02)


async def test_forms_work_behind_it(app: App, browser: httpx.AsyncClient) -> None:
    """The first owner signs in through the proxy: the post counts as ours, the cookie is secure."""
    path = str(await app.write(people.first_link))
    form = {"email": "anna@example.org", "language": "en", "timezone": "Europe/Moscow"}
    headers = {"origin": f"https://{NAME}"}
    answer = await browser.post(path, data=form, headers=headers)
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]
    headers = {"origin": "https://evil.example"}
    assert (await browser.post("/sign-out", headers=headers)).status_code == 403


async def test_the_callers_own_address_counts(app: App, browser: httpx.AsyncClient) -> None:
    """Wrong tokens are counted by the address that nginx saw, not by one that a caller claims."""
    codes = []
    for number in range(25):
        headers = {"authorization": "Bearer rmd_wrong", "x-forwarded-for": f"198.51.100.{number}"}
        codes.append((await browser.get("/api/v1/lines", headers=headers)).status_code)
    assert codes[0] == 401
    assert codes[-1] == 429


async def test_a_file_of_many_lines_passes(app: App, browser: httpx.AsyncClient) -> None:
    """Nginx lets through what an import may hold."""
    owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
    _, secret = await app.write(
        lambda work: people.make_token(work, owner.id, "test", "write", "admin")
    )
    rubbish = b"number,label\n" + b'12,"' + b"x" * 60_000 + b'"\n'
    headers = {"authorization": f"Bearer {secret}"}
    answer = await browser.post("/api/v1/import", content=rubbish * 40, headers=headers)
    assert answer.status_code in {207, 422}
