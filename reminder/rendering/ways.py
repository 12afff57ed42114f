"""How to top up, as a message says it: the official address in full, and a way without a link."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from reminder.catalogue.operator import LinkKind, Operator
from reminder.catalogue.values import CheckKind, NoteTopic
from reminder.catalogue.ways import warnings, ways
from reminder.domain.line import Clock
from reminder.domain.quick import quick
from reminder.domain.routes import Opening, Place
from reminder.rendering.telling import Matter, Telling
from reminder.rendering.translation import Speech

KEPT = 1024


@quick
@dataclass(frozen=True, slots=True)
class Ways:
    """The part "how to top up". ``site`` are the hosts outside ours that its links lead to.

    ``official_words`` stands before ``official_url``, whose text is the address itself; ``by_hand``
    is the way without a link; ``ours`` the page of the operator at this service. ``best`` names the
    way that suits the owner, "" where they have not said where they are and what they have.
    """

    title: str
    best: str
    official_words: str
    official_url: str
    ours_words: str
    ours_url: str
    by_hand: str
    site: tuple[str, ...]


def ways_of(this: Telling) -> Ways:
    """Make the part "how to top up" for one reminder."""
    say = this.speech.say
    silent = this.matter is Matter.SILENCE
    links = this.head.links.get(this.notice.id, {})
    words, url = _outside(this)
    ours = f"{this.head.base_url}/operators/{this.notice.line.operator}?language={this.language}"
    return Ways(
        title=say("How to keep the number") if silent else say("How to top up"),
        best="" if silent else _best(this),
        official_words=words,
        official_url=url,
        ours_words=say("All ways to pay, by where you are:"),
        ours_url=links.get("how_to_top_up", ours),
        by_hand=_by_hand(this),
        site=_sites(this.operator.official_domains if this.operator else (), url),
    )


def _best(this: Telling) -> str:
    """The first way for this owner, and what a traveller should know of codes from texts."""
    head, operator, say = this.head, this.operator, this.speech.say
    if operator is None or (head.place is None and head.pay is None):
        return ""
    found = [way for way in ways(operator, head.place, head.pay) if way.opening is Opening.OPEN]
    said = []
    if found:
        method = found[0].method.value
        name = method.name.in_(this.language)
        fee = method.fee.text.in_(this.language) if method.fee else ""
        words = say("What suits you best: {way}. {fee}.", way=name, fee=fee)
        said.append(words if fee else say("What suits you best: {way}.", way=name))
    told = {fact.value.topic for fact in warnings(operator, head.place, head.pay)}
    if head.place is Place.ABROAD and NoteTopic.RETURN in told:
        said.append(
            say("Back in Russia, texts do not arrive for 24 hours: pay before the journey.")
        )
    return ("" if this.language == "zh" else " ").join(said)


def ways_once(parts: list[Ways]) -> list[Ways]:
    """Each operator's part once, in the order of the lines."""
    return list({(one.official_url, one.ours_url): one for one in reversed(parts)}.values())[::-1]


def official_url(this: Telling) -> str:
    """The operator's official address; ``""`` where the catalogue knows none (3a, rule 21)."""
    link = this.official
    if link is None:
        return ""
    return this.head.links.get(this.notice.id, {}).get("official", link.url)


def _outside(this: Telling) -> tuple[str, str]:
    """The words and the address; the owner's own address where the operator is not known."""
    say, operator, official = this.speech.say, this.network, official_url(this)
    link = this.official
    if link is None:
        own = this.notice.line.top_up_url or ""
        if urlsplit(own).scheme in ("http", "https") and own.isprintable():
            return say("The address that you entered yourself:"), own
        return "", ""
    match link.kind:
        case LinkKind.INSTRUCTIONS:
            return say("{operator}’s own instructions:", operator=operator), official
        case LinkKind.ACCOUNT:
            return say("{operator}’s own account page:", operator=operator), official
        case LinkKind.SITE:
            return say("{operator}’s own site:", operator=operator), official
        case LinkKind.TYPED:
            words = say("{operator}’s own address, best typed by hand:", operator=operator)
            return words, official


def _by_hand(this: Telling) -> str:
    """The way without a link: the app by its name, the address to type, the code to dial."""
    operator, notice = this.operator, this.notice
    domain = operator.official_domains[0] if operator and operator.official_domains else ""
    app = operator.app.value.name if operator and operator.app else ""
    dials = not notice.asks_for_reading and notice.clock is not Clock.INACTIVITY
    return _written_by_hand(this.language, domain, app, _code(operator) if dials else "")


@lru_cache(maxsize=KEPT)
def _written_by_hand(language: str, domain: str, app: str, code: str) -> str:
    """The same for every line of an operator."""
    say = Speech.of(language).say
    parts = []
    if app and domain:
        open_it = say(
            "Or open the {app} app, or type {domain} into your browser yourself.",
            app=app,
            domain=domain,
        )
        parts.append(open_it)
    elif domain:
        parts.append(say("Or type {domain} into your browser yourself.", domain=domain))
    else:
        parts.append(say("Or take the address from your contract and type it yourself."))
    if code:
        parts.append(say("To see the balance, dial {code} from that number.", code=code))
    return ("" if language == "zh" else " ").join(parts)


def _code(operator: Operator | None) -> str:
    checks = operator.balance_checks if operator else ()
    return next((f.value.code for f in checks if f.value.kind is CheckKind.USSD), "")


@lru_cache(maxsize=KEPT)
def _sites(domains: tuple[str, ...], url: str) -> tuple[str, ...]:
    """The host that the outside link leads to, by its official domain where that is known."""
    host = urlsplit(url).hostname or ""
    for domain in domains:
        if host == domain or host.endswith(f".{domain}"):
            return (domain,)
    return (host,) if host else ()
