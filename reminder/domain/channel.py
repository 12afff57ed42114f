"""A channel: a stored destination of one owner, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reminder.domain.delivery import Format, Kind, Lane
from reminder.domain.ids import ChannelId, OwnerId
from reminder.domain.quick import quick

SECRET_OVERLAP = timedelta(hours=24)
RESTS_AFTER = timedelta(days=5)
ASKED_EVERY = timedelta(hours=24)


class ChannelState(StrEnum):
    """Whether a channel is known to work."""

    UNCONFIRMED = "unconfirmed"
    WORKS = "works"
    FAILING = "failing"
    RESTING = "resting"
    STOPPED = "stopped"


class Use(StrEnum):
    """Whether a channel gets every reminder, or only those that no other took. ``second`` is the
    second contact's: somebody else's, asked when none of the owner's own took one."""

    ALWAYS = "always"
    FALLBACK = "fallback"
    SECOND = "second"


class Why(StrEnum):
    """Why a channel gets nothing: its owner's own wish, what a link of a message said, or what
    the other side answers. ``sealed``: its address cannot be read under the service's key."""

    WISH = ""
    LINK = "link"
    NOT_MINE = "not_mine"
    GONE = "gone"
    FAILED = "failed"
    SEALED = "sealed"


@quick
@dataclass(frozen=True, slots=True)
class Channel:
    """Where to write. ``target`` is a mailbox or a whole URL: a secret, never shown in full.
    ``secrets`` sign webhooks, newest first; the second counts until ``rotated_until``.
    ``confirmed_at``: when its holder said yes by a link, or a webhook first took a message."""

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
    why: Why = Why.WISH
    failing_since: datetime | None = None
    confirmed_at: datetime | None = None

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

    @property
    def is_off_unasked(self) -> bool:
        """Whether it gets nothing although its owner did not stop it: they must be told."""
        off = self.state in {ChannelState.RESTING, ChannelState.STOPPED}
        return off and not (self.state is ChannelState.STOPPED and self.why is Why.WISH)

    @property
    def shown(self) -> str:
        """An address in full; a URL without its last path part and query, a chat's without any
        path: that is where tokens live."""
        if self.kind is Lane.EMAIL or not self.target:
            return self.target
        scheme, _, rest = self.target.partition("://")
        host, _, path = rest.partition("#")[0].partition("?")[0].partition("/")
        kept = "" if self.format != Format.STANDARD else path.rpartition("/")[0]
        return f"{scheme}://{host}/{kept}/…" if kept else f"{scheme}://{host}/…"

    def takes(self, kind: Kind) -> bool:
        """Whether a message of that kind may be sent here. An address that was not confirmed gets
        its confirmation and nothing else; a test may wake a channel that rests; a sign-in link is
        what its reader asked for this minute."""
        match kind:
            case Kind.SIGN_IN:
                return True
            case Kind.CONFIRMATION:
                return self.state is ChannelState.UNCONFIRMED
            case Kind.TEST:
                return self.is_usable or self.state is ChannelState.RESTING
            case Kind.REMINDER | Kind.FAILING | Kind.HEARTBEAT:
                return self.is_usable
