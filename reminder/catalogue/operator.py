"""What the catalogue knows of one operator: plain values, each wrapped in its :class:`Fact`.

Nothing of *low* confidence ever gets in here, and what is not known is missing, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reminder.catalogue.fact import Fact, Text


class Place(StrEnum):
    """Where the person is: in the operator's country, or outside it. ``ru`` is read as home."""

    HOME = "home"
    ABROAD = "abroad"

    @classmethod
    def _missing_(cls, value: object) -> Place | None:
        return cls.HOME if value == "ru" else None


class Pay(StrEnum):
    """What the person can pay with.

    ``ru-bank`` is a bank of the operator's own country, by whatever road: card, fast payment or
    automatic payment, so ``bank``, ``card``, ``sbp`` and ``autopay`` are read as the same.
    ``friend`` is somebody with such a bank, ``foreign`` a card of another country and no more.
    """

    BANK = "ru-bank"
    FRIEND = "friend"
    CASH = "cash"
    FOREIGN = "foreign"

    @classmethod
    def _missing_(cls, value: object) -> Pay | None:
        return cls.BANK if value in ("bank", "card", "sbp", "autopay") else None


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


class LinkKind(StrEnum):
    """What the official link is; ``typed`` is an address to type by hand, nobody vouches for it."""

    INSTRUCTIONS = "instructions"
    ACCOUNT = "account"
    SITE = "site"
    TYPED = "typed"


_LINK_KINDS = (
    (Topic.TOPUP_URL, LinkKind.INSTRUCTIONS),
    (Topic.TOPUP_HELP, LinkKind.INSTRUCTIONS),
    (Topic.TOPUP_TERMS, LinkKind.INSTRUCTIONS),
    (Topic.ACCOUNT, LinkKind.ACCOUNT),
    (Topic.SITE, LinkKind.SITE),
)


@dataclass(frozen=True, slots=True)
class OfficialLink:
    """The one address that messages name; ``fact`` is missing for a typed one."""

    url: str
    kind: LinkKind
    fact: Fact[str] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the operator itself, on one of its official domains."""

    topic: Topic
    fact: Fact[str]


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

    It is open to somebody who is at one of ``places`` and has one of ``pays``.
    """

    id: str
    name: Text
    own_name: str
    places: frozenset[Place]
    pays: frozenset[Pay]
    steps: tuple[Text, ...]
    fee: Fee | None = None
    link: Topic | None = None


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

    IDLE_FEE = "idle_fee"
    BLOCKED = "blocked"
    ENDED = "ended"
    QUARANTINE = "quarantine"
    RESOLD = "resold"


class Since(StrEnum):
    """From which day a stage is counted."""

    ACTIVITY = "activity"
    ZERO = "zero"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the loss: ``days`` after ``since`` it begins; the text says what still helps."""

    kind: StageKind
    since: Since
    days: int | None
    text: Text


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """Everything about silence: the operator's rule, the country's, what counts, and the steps."""

    rule: Fact[KeepRule] | None
    law: Fact[KeepRule] | None
    counts: Fact[Activity] | None
    stages: tuple[Fact[Stage], ...]

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


class NoteTopic(StrEnum):
    """What a note or a caution is about."""

    BALANCE = "balance"
    CREDIT = "credit"
    KEEPALIVE = "keepalive"
    FRAUD = "fraud"
    RETURN = "return"
    FOREIGNERS = "foreigners"
    CARDS = "cards"
    NUMBERS = "numbers"
    INTERNET = "internet"
    LIMITS = "limits"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Note:
    """A titled paragraph; ``link`` is the operator's page about it."""

    id: str
    topic: NoteTopic
    title: Text
    text: Text
    link: Topic | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, with what holds for its whole country already joined in."""

    id: str
    country: str | None
    kind: Kind
    names: Text
    former_names: tuple[str, ...]
    also_called: tuple[str, ...]
    official_domains: tuple[str, ...]
    order: int
    links: tuple[Link, ...]
    app: Fact[App] | None
    balance_checks: tuple[Fact[BalanceCheck], ...]
    hotlines: tuple[Fact[Hotline], ...]
    methods: tuple[Fact[Method], ...]
    not_working: tuple[Fact[DeadEnd], ...]
    keepalive: KeepAlive
    conventions: tuple[Fact[Convention], ...]
    notes: tuple[Fact[Note], ...]
    cautions: tuple[Fact[Note], ...]
    prefixes: Fact[tuple[str, ...]] | None

    def link(self, topic: Topic) -> Fact[str] | None:
        """The operator's page on a topic."""
        return next((link.fact for link in self.links if link.topic is topic), None)

    @property
    def site(self) -> Fact[str] | None:
        """The operator's site."""
        return self.link(Topic.SITE)

    @property
    def account_url(self) -> Fact[str] | None:
        """The page where its customers sign in."""
        return self.link(Topic.ACCOUNT)

    @property
    def balance_check(self) -> Fact[BalanceCheck] | None:
        """The best way to ask for the balance: a code, else a text, else a call."""
        return self.balance_checks[0] if self.balance_checks else None

    @property
    def default_period(self) -> str | None:
        """The one period that the known conventions agree on (rule 22); None if they do not."""
        periods = {fact.value.period for fact in self.conventions}
        return periods.pop() if len(periods) == 1 else None

    @property
    def official_link(self) -> OfficialLink | None:
        """The address for messages (rule 26); None only for an operator without a domain."""
        for topic, kind in _LINK_KINDS:
            fact = self.link(topic)
            if fact is not None:
                return OfficialLink(fact.value, kind, fact)
        if not self.official_domains:
            return None
        return OfficialLink(f"https://{self.official_domains[0]}/", LinkKind.TYPED)
