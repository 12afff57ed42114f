"""What a fact can be: plain values, one type for each kind of thing that a file tells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reminder.catalogue.fact import Fact, Text
from reminder.domain.money import Money
from reminder.domain.routes import Pay, Place, Route


class Kind(StrEnum):
    """A network of its own, of one region, a guest on another's, or one we do not know."""

    MNO = "mno"
    REGIONAL = "mno-regional"
    MVNO = "mvno"
    OTHER = "other"


class Topic(StrEnum):
    """What an operator's page is for. The first five, in this order, make the official link."""

    TOPUP_URL = "topup.url"
    TOPUP_HELP = "topup.help_url"
    TOPUP_TERMS = "topup.terms_url"
    ACCOUNT = "account.url"
    SITE = "site.official"
    APP = "app.url"
    HELP = "help.url"
    CONTACTS = "contacts.url"
    BALANCE_HELP = "balance.help_url"
    KEEPALIVE_HELP = "keepalive.help_url"
    KEEPALIVE_SERVICE = "keepalive.service_url"
    ROAMING_HELP = "roaming.help_url"
    FOREIGNERS_HELP = "foreigners.help_url"
    INTERNET_HELP = "internet.help_url"


class CheckKind(StrEnum):
    """How a balance is asked for."""

    USSD = "ussd"
    SMS = "sms"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """``code`` is dialled, or sent as a text ``to`` a number, or called."""

    kind: CheckKind
    code: str
    to: str = ""
    text: Text | None = None


class HotlineKind(StrEnum):
    """From where a hotline is reached: the operator's own SIM, the country, or abroad."""

    SHORT = "short"
    TOLLFREE = "tollfree"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number of the operator that a person may call."""

    kind: HotlineKind
    number: str
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class App:
    """The operator's own app by the name on the telephone, and its Android package."""

    name: str
    android: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What a way to pay costs: ``percent`` of the sum where it is known."""

    text: Text
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A way to top up. ``own_name`` is the operator's own word for it; ``link`` the page about it.

    It is open to somebody who is at one of ``places`` and has one of ``pays``; no ``pays`` means
    that what it takes is not known. ``conditions`` are what holds besides the cost.
    """

    id: str
    name: Text
    own_name: str
    places: frozenset[Place]
    pays: frozenset[Pay]
    steps: tuple[Text, ...]
    fee: Fee | None = None
    conditions: Text | None = None
    link: Topic | None = None

    @property
    def route(self) -> Route:
        """What the order of the ways depends on."""
        percent = self.fee.percent if self.fee else None
        return Route(self.places, self.pays, percent, len(self.steps))


class DeadEndState(StrEnum):
    """Why a way to pay is no use trying: it has stopped, or nobody has shown that it works."""

    STOPPED = "stopped"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A way to pay that is not to be tried, and why."""

    id: str
    state: DeadEndState
    name: Text
    text: Text


class TopUpCounts(StrEnum):
    """Whether a top-up alone counts as use of the number."""

    YES = "yes"
    IF_COVERED = "if_covered"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KeepRule:
    """How long a number may be silent.

    ``days`` counts from the last use and is the fewest that the source names; None where it names
    none, or counts from another day. ``about`` says that the source is not exact.
    """

    text: Text
    days: int | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """What keeps the number, in words, and what a top-up alone does."""

    text: Text
    top_up: TopUpCounts


class StageKind(StrEnum):
    """The steps in which an unused number is lost, in their order."""

    WARNED = "warned"
    IDLE_FEE = "idle_fee"
    BLOCKED = "blocked"
    ENDED = "ended"
    QUARANTINE = "quarantine"
    RESOLD = "resold"


class Since(StrEnum):
    """From which day a stage is counted; ``expiry`` is the end of what was paid for."""

    ACTIVITY = "activity"
    EXPIRY = "expiry"
    ZERO = "zero"
    WARNED = "warned"
    BLOCKED = "blocked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the loss: ``days`` after ``since`` it begins; ``helps`` says what still helps."""

    kind: StageKind
    since: Since
    days: int | None
    text: Text
    helps: Text | None = None


@dataclass(frozen=True, slots=True)
class KeepService:
    """A service of the operator that keeps a silent number: ``price`` for each ``period``."""

    id: str
    name: Text
    own_name: str
    text: Text
    price: Money | None = None
    period: str | None = None
    link: Topic | None = None


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """Everything about silence: the operator's rule, the country's, what counts, the steps of the
    loss, and the services that keep a number."""

    rule: Fact[KeepRule] | None
    law: Fact[KeepRule] | None
    counts: Fact[Activity] | None
    stages: tuple[Fact[Stage], ...]
    services: tuple[Fact[KeepService], ...] = ()

    @property
    def in_force(self) -> Fact[KeepRule] | None:
        """The first of operator's rule and country's that names a number of days (rule 23)."""
        known = (fact for fact in (self.rule, self.law) if fact and fact.value.days)
        return next(known, None)


@dataclass(frozen=True, slots=True)
class Convention:
    """How a fee comes round: ``period`` in ISO 8601 (``P1M``, ``P30D``) where one is named."""

    text: Text
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """Where one tariff differs: its own ``period`` or days of silence, None where it does not."""

    id: str
    name: Text
    text: Text
    period: str | None = None
    keep_days: int | None = None


class NoteTopic(StrEnum):
    """What a note or a caution is about."""

    BALANCE = "balance"
    ACCOUNT = "account"
    CREDIT = "credit"
    KEEPALIVE = "keepalive"
    FRAUD = "fraud"
    RETURN = "return"
    FOREIGNERS = "foreigners"
    CARDS = "cards"
    WIFI = "wifi"
    NUMBERS = "numbers"
    INTERNET = "internet"
    LIMITS = "limits"
    BRAND = "brand"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Note:
    """A titled paragraph; ``link`` is the operator's page about it."""

    id: str
    topic: NoteTopic
    title: Text
    text: Text
    link: Topic | None = None
