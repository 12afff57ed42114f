"""Ports of loopback for servers that are started as programs."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of loopback that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
