"""A channel: a stored destination of one owner, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId

SECRET_OVERLAP = timedelta(hours=24)
FAILING_AFTER = timedelta(minutes=30)


class ChannelState(StrEnum):
    """Whether a channel is known to work."""

    UNCONFIRMED = "unconfirmed"
    WORKS = "works"
    FAILING = "failing"
    RESTING = "resting"
    STOPPED = "stopped"


class Use(StrEnum):
    """Whether a channel gets every reminder, or only those that no other took."""

    ALWAYS = "always"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where to write. ``target`` is a mailbox or a whole URL: a secret, never shown in full.
    ``secrets`` sign webhooks, newest first; the second counts until ``rotated_until``."""

    id: ChannelId
    owner: OwnerId
    kind: Lane
    target: str
    format: str
    created_at: datetime
    label: str = ""
    use: Use = Use.ALWAYS
    state: ChannelState = ChannelState.UNCONFIRMED
    secrets: tuple[str, ...] = ()
    rotated_until: datetime | None = None

    def signing(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at an instant: both while one replaces the other."""
        both = self.rotated_until is not None and now < self.rotated_until
        return self.secrets if both else self.secrets[:1]

    @property
    def is_usable(self) -> bool:
        """Whether reminders may be sent to it: mail once confirmed, webhooks from the start."""
        match self.state:
            case ChannelState.UNCONFIRMED:
                return self.kind is Lane.WEBHOOK
            case ChannelState.WORKS | ChannelState.FAILING:
                return True
            case ChannelState.RESTING | ChannelState.STOPPED:
                return False
