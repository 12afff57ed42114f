"""What both sinks share: a port on loopback, its connections, its certificate."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK = "127.0.0.1"


class Act(StrEnum):
    """What a server may do instead of a plain answer."""

    CUT = "cut"  # close the connection without a word
    STALL = "stall"  # say nothing more and keep the connection open
    DRIP_HEADERS = "drip headers"  # HTTP: a sign of the head at a time, for ever
    DRIP_BODY = "drip body"  # HTTP: 200, then a byte of the body at a time, for ever
    ENDLESS = "endless"  # HTTP: the answer's head, then a body without an end


@dataclass(frozen=True, slots=True)
class Certificate:
    """A fresh self-signed certificate for ``name``: how it is shown, and how it is trusted."""

    server: ssl.SSLContext
    client: ssl.SSLContext

    @classmethod
    def make(cls, name: str = LOOPBACK) -> Certificate:
        """Make one for an address or a host name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
        start = datetime(2020, 1, 1, tzinfo=UTC)
        try:
            shown: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            shown = x509.DNSName(name)
        made = (
            x509.CertificateBuilder(subject, subject, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=36500))
            .add_extension(x509.SubjectAlternativeName([shown]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = made.public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "both.pem"
            path.write_bytes(pem + secret)
            server.load_cert_chain(path)
        return cls(server, ssl.create_default_context(cadata=pem.decode("ascii")))


@dataclass(slots=True)
class Sink:
    """A server on loopback that counts its connections; open while its ``async with`` lasts."""

    certificate: Certificate | None = None
    record: Path | None = None
    address: str = LOOPBACK
    port: int = 0  # 0: a free one is found
    connections: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak the protocol on one connection."""
        raise NotImplementedError

    def accepted(self, identity: str) -> None:
        """Note an accepted id durably, before the answer goes out."""
        if self.record is None:
            return
        with self.record.open("a", encoding="utf-8") as file:
            file.write(identity + "\n")
            file.flush()
            os.fsync(file.fileno())

    async def listen(self, context: ssl.SSLContext | None) -> None:
        """Open the port."""
        self._server = await asyncio.start_server(
            self._connected, self.address, self.port, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        ends = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError)
        with suppress(*ends, Cut):
            try:
                await self.serve(reader, writer)
            finally:
                writer.close()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Cut(Exception):
    """The script says to close the connection now."""
