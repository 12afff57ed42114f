"""Promises of reminder/engine/destinations.py: one host that hangs holds nobody up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.breaker import FAILURES, FIRST_PAUSE
from reminder.domain.delivery import (
    EmailTarget,
    Kind,
    Lane,
    Message,
    Receipt,
    Target,
    WebhookTarget,
)
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.engine.destinations import (
    LONGEST_LATER,
    MOST_WAITING_EACH,
    Admission,
    Destinations,
    Ready,
    answered,
    host_of,
)
from reminder.engine.letters import Letter
from reminder.engine.watch import Watch
from reminder.errors import Refused, Throttled, TransportError, Unreachable
from reminder.storage.claims import Claimed
from tests.conftest import START, HandClock

SECOND = timedelta(seconds=1)
DAYS = timedelta(days=5)


class _Hosts:
    """Destinations of a lane of 40 slots, and what runs there."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.at = Destinations(40, Watch(clock, self.uptime))
        self.running: list[Letter] = []

    def uptime(self) -> timedelta:
        """Since the test began."""
        return self._clock.at - START

    def pass_by(self, wait: timedelta) -> None:
        """Let time pass."""
        self._clock.at += wait

    def ready(self, owner: str, host: str = "a.example", kind: Kind = Kind.REMINDER) -> Ready:
        """A letter of an owner to a host, claimed now."""
        return Ready(_letter(owner, WebhookTarget(f"https://{host}/x", ()), kind), self.uptime())

    def ask(self, owner: str, host: str = "a.example", kind: Kind = Kind.REMINDER) -> Admission:
        """Ask for a try, and begin it if it may."""
        one = self.ready(owner, host, kind)
        found = self.at.admit(one)
        if found is Admission.BEGIN:
            self.begin(one)
        return found

    def begin(self, one: Ready) -> None:
        """A try begins."""
        self.at.begun(one.letter)
        self.running.append(one.letter)

    def end_all(self, says: bool | None) -> None:
        """All tries end alike."""
        for letter in self.running:
            self.at.ended(letter, says, SECOND)
        self.running = []

    def resume(self, free: int = 40) -> list[Admission]:
        """What becomes of those that waited."""
        found = []
        for one, admission in self.at.resume(free):
            found.append(admission)
            if admission is Admission.BEGIN:
                self.begin(one)
        return found


def _letter(owner: str, target: Target, kind: Kind = Kind.REMINDER) -> Letter:
    lane = Lane.WEBHOOK if isinstance(target, WebhookTarget) else Lane.EMAIL
    mine, channel, identity = OwnerId(owner), ChannelId("chn_1"), DeliveryId("dlv_1")
    claim = Claimed(identity, 1, 1, mine, channel, kind, lane, START, START + DAYS, "")
    return Letter(claim, Message(claim.id, kind, "en", START, "", ""), target)


@pytest.fixture
def hosts(clock: HandClock) -> _Hosts:
    """Nothing runs yet."""
    return _Hosts(clock)


def test_an_owner_has_two_tries_at_one_host(hosts: _Hosts) -> None:
    """The third waits until one ends; another host, and another owner, begin at once."""
    assert [hosts.ask("own_1") for _ in range(3)] == [Admission.BEGIN] * 2 + [Admission.WAIT]
    assert hosts.ask("own_1", "b.example") is Admission.BEGIN
    assert hosts.ask("own_2") is Admission.BEGIN
    assert list(hosts.at.held()) == ["own_1"]
    assert hosts.resume() == []
    hosts.end_all(True)
    assert hosts.resume() == [Admission.BEGIN]
    assert list(hosts.at.held()) == []


def test_one_host_has_a_quarter_of_the_lane(hosts: _Hosts) -> None:
    """However many owners share a host, three quarters are left to the others."""
    found = [hosts.ask(f"own_{n}") for n in range(12)]
    assert found == [Admission.BEGIN] * 10 + [Admission.WAIT] * 2
    hosts.end_all(True)
    assert hosts.resume(free=1) == [Admission.BEGIN]
    assert list(hosts.at.held()) == ["own_11"]


def test_mail_is_not_counted_here(hosts: _Hosts) -> None:
    """All mail goes to one server, which has a lane of its own."""
    assert host_of(_letter("own_1", EmailTarget("anna@example.org"))) is None


def test_who_may_reach_private_networks_shares_with_nobody() -> None:
    """What fails for those who may not says nothing to those who may."""
    open_, private = (
        host_of(_letter("own_1", WebhookTarget("http://u:p@LAN.example:8080/x", (), allowed)))
        for allowed in (False, True)
    )
    assert open_ != private
    assert str(open_).startswith("lan.example:8080 ")


def test_what_waits_longer_than_its_lease_is_given_back(hosts: _Hosts) -> None:
    """A lease of a minute, a try of twenty seconds: after forty nothing may begin any more."""
    for _ in range(3):
        hosts.ask("own_1")
    hosts.pass_by(timedelta(seconds=41))
    hosts.end_all(True)
    assert hosts.resume() == [Admission.LATER]


def test_what_finds_no_room_comes_when_there_is_some(hosts: _Hosts) -> None:
    """Where too many wait already, each further one is told a later moment, a minute at most."""
    for _ in range(2 + MOST_WAITING_EACH):
        hosts.ask("own_1")
    one = hosts.ready("own_1")
    assert hosts.at.admit(one) is Admission.LATER
    first, second = hosts.at.later(one), hosts.at.later(one)
    assert timedelta() < first < second
    for _ in range(5000):
        assert hosts.at.later(one) <= LONGEST_LATER


def test_a_host_that_does_not_answer_fails_at_once(hosts: _Hosts) -> None:
    """After five failures its deliveries fail without a call, those that wait too, until one try
    asks how it is."""
    for _ in range(FAILURES // 2 + 1):
        hosts.ask("own_1")
        hosts.ask("own_1")
        hosts.ask("own_1")
        hosts.end_all(False)
        hosts.at.give_back()
    assert hosts.ask("own_1") is Admission.FAIL
    assert hosts.at.shut == 1
    hosts.pass_by(FIRST_PAUSE)
    assert [hosts.ask("own_1"), hosts.ask("own_1")] == [Admission.BEGIN, Admission.FAIL]
    hosts.end_all(True)
    assert (hosts.ask("own_1"), hosts.at.shut) == (Admission.BEGIN, 0)


def test_one_owner_does_not_shut_a_host_to_others(hosts: _Hosts) -> None:
    """Where one owner's tries fail the others go on; where five owners' do, nobody does."""
    for _ in range(FAILURES):
        hosts.ask("own_1")
        hosts.end_all(False)
    assert hosts.ask("own_1") is Admission.FAIL
    assert hosts.ask("own_2") is Admission.BEGIN
    for n in range(3, 6):
        hosts.ask(f"own_{n}")
    hosts.end_all(False)
    assert hosts.ask("own_6") is Admission.FAIL


def test_who_waits_for_an_answer_gets_a_real_try(hosts: _Hosts, clock: HandClock) -> None:
    """A test is always a call, and so is what may be a delivery's last try."""
    for _ in range(FAILURES):
        hosts.ask("own_1")
        hosts.end_all(False)
    assert hosts.ask("own_1", kind=Kind.TEST) is Admission.BEGIN
    hosts.end_all(False)
    clock.at = START + timedelta(days=4, minutes=1)
    hosts.ask("own_1", kind=Kind.TEST)
    hosts.end_all(False)
    assert hosts.ask("own_1") is Admission.BEGIN


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (Receipt("204"), True),
        (Throttled("later", SECOND, answer="429"), True),
        (Refused("gone", answer="410 gone"), True),
        (Refused("the channel is wrong"), None),
        (Unreachable("500", answer="500 oops"), True),
        (Unreachable("503", answer="503 busy"), False),
        (Unreachable("no connection"), False),
        (Unreachable("no answer", maybe_accepted=True), False),
    ],
)
def test_what_a_try_says_of_its_host(result: Receipt | TransportError, says: bool | None) -> None:
    """An answer, even a no, shows that somebody is there."""
    assert answered(result) is says
