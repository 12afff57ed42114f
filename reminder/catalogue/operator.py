"""What the catalogue knows of one operator.

Nothing of *low* confidence ever gets in here, and what is not known is missing, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum

from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.values import (
    App,
    BalanceCheck,
    Convention,
    DeadEnd,
    Hotline,
    KeepAlive,
    Kind,
    Method,
    Note,
    Tariff,
    Topic,
)


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


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, with what holds for its whole country already joined in.

    ``unconfirmed``: nobody has shown that it is still in business.
    """

    id: str
    country: str | None
    kind: Kind
    names: Text
    former_names: tuple[str, ...]
    also_called: tuple[str, ...]
    official_domains: tuple[str, ...]
    order: int
    unconfirmed: bool
    links: tuple[Link, ...]
    app: Fact[App] | None
    balance_checks: tuple[Fact[BalanceCheck], ...]
    hotlines: tuple[Fact[Hotline], ...]
    methods: tuple[Fact[Method], ...]
    not_working: tuple[Fact[DeadEnd], ...]
    keepalive: KeepAlive
    conventions: tuple[Fact[Convention], ...]
    tariffs: tuple[Fact[Tariff], ...]
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
        pages = {link.topic: link.fact for link in reversed(self.links)}
        for topic, kind in _LINK_KINDS:
            fact = pages.get(topic)
            if fact is not None:
                return OfficialLink(fact.value, kind, fact)
        if not self.official_domains:
            return None
        return OfficialLink(f"https://{self.official_domains[0]}/", LinkKind.TYPED)

    def facts(self) -> Iterator[tuple[str, Fact[object]]]:
        """Every fact that is shown, with the section that it stands in."""
        for part in fields(self):
            for fact in _facts_in(getattr(self, part.name)):
                yield part.name, fact


def _facts_in(value: object) -> Iterator[Fact[object]]:
    if isinstance(value, Fact):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _facts_in(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _facts_in(getattr(value, part.name))
