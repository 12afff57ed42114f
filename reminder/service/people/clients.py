"""Who stands at the door: what a request says of the browser that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from reminder.domain import device
from reminder.service.limits import client_of


@dataclass(frozen=True, slots=True)
class Client:
    """A browser. ``host`` is its network address, ``agent`` its ``User-Agent``, ``cookie`` the
    session that it holds already, ``language`` the one its page was shown in."""

    host: str = ""
    agent: str = ""
    cookie: str = ""
    language: str = "en"

    @property
    def device(self) -> str:
        """What it is called in the list of devices."""
        return device.name_of(self.agent)

    @property
    def network(self) -> str:
        """What counts as one client."""
        return client_of(self.host)


NOBODY = Client()
