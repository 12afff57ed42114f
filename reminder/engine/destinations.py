"""Where webhooks go, and how many at a time: one host that hangs must not hold the others up.

An owner has two tries at a time at one host, and all owners together a quarter of the lane. What
finds no room waits here, claimed, in its order; what would wait longer than its lease is given
back. A host that does not answer is left alone: its deliveries fail at once, as they would have
done after their deadline.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit

from reminder.domain.breaker import Breaker
from reminder.domain.delivery import PATIENCE, Kind, Lane, Receipt, WebhookTarget
from reminder.domain.ids import OwnerId
from reminder.domain.quick import quick
from reminder.engine.letters import Letter
from reminder.engine.watch import Watch
from reminder.errors import Refused, Throttled, TransportError

EACH_AT_A_TIME = 2
PART_OF_LANE = 4
MOST_WAITING = 400
MOST_WAITING_EACH = 100
HOSTS_KEPT = 5000
LONGEST_LATER = timedelta(seconds=60)
FIRST_PACE = timedelta(milliseconds=100)
LAST_CHANCE = timedelta(hours=24)
_NO_ANSWER = frozenset({"502", "503", "504"})  # said by what stands before the host


class Admission(Enum):
    """What becomes of a try that could begin."""

    BEGIN = "begin"
    WAIT = "wait"
    LATER = "later"
    FAIL = "fail"


@quick
@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that may be tried, and how long the machine had run when it was claimed."""

    letter: Letter
    claimed: timedelta

    @property
    def owner(self) -> OwnerId:
        """Whose it is."""
        return self.letter.claim.owner

    def holds(self, now: timedelta) -> bool:
        """Whether its lease outlasts a try that begins now."""
        patience = PATIENCE[self.letter.claim.lane]
        return now - self.claimed + patience.deadline < patience.lease


@dataclass(slots=True)
class _Host:
    """One host: what runs and waits there, and how it answers. ``blamed`` are the owners whose
    tries failed since the last answer; one owner alone does not shut a host to the others."""

    breaker: Breaker = field(default_factory=Breaker)
    running: Counter[OwnerId] = field(default_factory=Counter)
    waiting: deque[Ready] = field(default_factory=deque)
    breakers: dict[OwnerId, Breaker] = field(default_factory=dict)
    blamed: set[OwnerId] = field(default_factory=set)
    pace: timedelta = FIRST_PACE
    free_at: timedelta = timedelta()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way there."""
        return not (self.running or self.waiting)


class Destinations:
    """The hosts that webhooks of this process go to; ``slots`` is the size of their lane."""

    def __init__(self, slots: int, watch: Watch) -> None:
        self._most = max(EACH_AT_A_TIME, slots // PART_OF_LANE)
        self._watch = watch
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._waiting = 0

    @property
    def shut(self) -> int:
        """How many hosts are left alone because they do not answer."""
        every = self._hosts.values()
        return sum(h.breaker.is_open or any(b.is_open for b in h.breakers.values()) for h in every)

    def held(self) -> Iterator[OwnerId]:
        """The owner of each claim that waits here."""
        for host in self._hosts.values() if self._waiting else ():
            yield from (one.owner for one in host.waiting)

    def admit(self, one: Ready) -> Admission:
        """Whether a try may begin; one that is to wait is kept here."""
        name = host_of(one.letter)
        if name is None:
            return Admission.BEGIN
        host = self._host(name)
        found = self._judge(host, one)
        if found is not Admission.WAIT:
            return found
        if self._waiting >= MOST_WAITING or len(host.waiting) >= MOST_WAITING_EACH:
            return Admission.LATER
        host.waiting.append(one)
        self._waiting += 1
        return Admission.WAIT

    def resume(self, free: int, name: str | None = None) -> Iterator[tuple[Ready, Admission]]:
        """What has waited and may begin now, on ``free`` slots; what is to fail; and what is to be
        given back, because its lease would not outlast it: at every host, or at that of ``name``.
        Each that begins must be begun before the next is asked for."""
        if not self._waiting:
            return
        hosts = self._hosts.values() if name is None else [self._host(name)]
        for host in [h for h in hosts if h.waiting]:
            left: deque[Ready] = deque()
            while host.waiting:
                one = host.waiting.popleft()
                found = self._again(host, one, free)
                if found is Admission.WAIT:
                    left.append(one)
                    continue
                self._waiting -= 1
                free -= found is Admission.BEGIN
                yield one, found
            host.waiting = left

    def _again(self, host: _Host, one: Ready, free: int) -> Admission:
        if not one.holds(self._watch.uptime()):
            return Admission.LATER
        found = self._judge(host, one)
        return Admission.WAIT if found is Admission.BEGIN and free <= 0 else found

    def give_back(self) -> list[Ready]:
        """Everything that waits: this process stops."""
        left = [one for host in self._hosts.values() for one in host.waiting]
        for host in self._hosts.values():
            host.waiting.clear()
        self._waiting = 0
        return left

    def later(self, one: Ready) -> timedelta:
        """How long until a delivery that finds no room had better come again: as this host has
        answered so far, all before it will be done by then."""
        name = host_of(one.letter)
        host = self._host(name) if name is not None else _Host()
        now = self._watch.uptime()
        host.free_at = min(max(host.free_at, now) + host.pace, now + LONGEST_LATER)
        return host.free_at - now

    def begun(self, letter: Letter) -> None:
        """A try begins."""
        name = host_of(letter)
        if name is not None:
            self._host(name).running[letter.claim.owner] += 1

    def ended(self, letter: Letter, answered: bool | None, took: timedelta) -> None:  # noqa: FBT001 - three things a try can show
        """A try ended, and showed whether its host answers; None: nothing about it."""
        name, owner = host_of(letter), letter.claim.owner
        if name is None:
            return
        host, now = self._host(name), self._watch.uptime()
        host.running[owner] -= 1
        if host.running[owner] <= 0:
            del host.running[owner]
        host.pace = (host.pace * 7 + took / self._most) / 8
        if answered:
            host.breaker = host.breaker.after_success()
            host.blamed.clear()
            host.breakers.pop(owner, None)
        elif answered is not None:
            host.breakers[owner] = host.breakers.get(owner, Breaker()).after_failure(now)
            if host.breaker.is_open or owner not in host.blamed:
                host.breaker = host.breaker.after_failure(now)
            host.blamed.add(owner)

    def _judge(self, host: _Host, one: Ready) -> Admission:
        mine, every = host.running[one.owner], sum(host.running.values())
        if not self._is_asked_for(one.letter):
            now = self._watch.uptime()
            own = host.breakers.get(one.owner, Breaker())
            if not (host.breaker.lets_through(every, now) and own.lets_through(mine, now)):
                return Admission.FAIL
        room = mine < EACH_AT_A_TIME and every < self._most
        return Admission.BEGIN if room else Admission.WAIT

    def _is_asked_for(self, letter: Letter) -> bool:
        """Whether a try is made whatever is known of the host: somebody waits for its answer, or
        it may be the delivery's last."""
        claim = letter.claim
        return claim.kind is Kind.TEST or claim.expires_at - self._watch.now() < LAST_CHANCE

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host()
            if len(self._hosts) > HOSTS_KEPT:
                self._forget_idle()
        return host

    def _forget_idle(self) -> None:
        """Drop the older half of what is idle."""
        idle = [name for name, host in self._hosts.items() if host.is_idle]
        for name in idle[: HOSTS_KEPT // 2]:
            del self._hosts[name]


def host_of(letter: Letter) -> str | None:
    """The host that a webhook goes to; None for mail, which all goes to one server. Who may reach
    private networks and who may not never share one.

    The address was checked when it was entered; one that says no host is its own.
    """
    target = letter.target
    if not isinstance(target, WebhookTarget) or letter.claim.lane is not Lane.WEBHOOK:
        return None
    return f"{_netloc(target.url)} {target.private_allowed}"


@lru_cache(maxsize=HOSTS_KEPT)
def _netloc(url: str) -> str:
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        netloc = url
    return netloc.rpartition("@")[2].lower()


def answered(result: Receipt | TransportError) -> bool | None:
    """Whether a try showed that its host answers; None when it never got there.

    >>> from reminder.errors import Unreachable
    >>> answered(Unreachable("no connection")), answered(Unreachable("500", answer="500 oops"))
    (False, True)
    """
    if isinstance(result, Receipt | Throttled):
        return True
    if isinstance(result, Refused) and not result.answer:
        return None
    return bool(result.answer) and result.answer[:3] not in _NO_ANSWER
