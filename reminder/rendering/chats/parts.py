"""What a chat message says, as plain values: the reminders of it in as much detail as fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TypeVar

from reminder.domain.phone import mask
from reminder.rendering.block import Action, Block, balance_of
from reminder.rendering.chats.forms import FORMS, Nearness
from reminder.rendering.chats.marks import Escape
from reminder.rendering.frame import safety_hosts, sites_of
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.letters import Letter
from reminder.rendering.naming import operator_name, shorten
from reminder.rendering.second import SecondLetter
from reminder.rendering.telling import Matter, Telling
from reminder.rendering.translation import Speech

_NEAR = 3
_LONGEST_NAME = 30
_AFTER = ("snooze", "stop")


class Detail(IntEnum):
    """How much is said of each line, most first."""

    FULL = 0
    SHORT = 1
    BRIEF = 2
    BARE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One line's part, or a whole letter; what is empty is left out. ``first`` are the actions
    that say it is done, ``after`` those that put it off or stop it."""

    heading: str
    name: str = ""
    rest: str = ""
    late: str = ""
    body: str = ""
    number: str = ""
    balance: str = ""
    amount: str = ""
    best: str = ""
    official_words: str = ""
    official_label: str = ""
    official_host: str = ""
    official_url: str = ""
    ours_url: str = ""
    upcoming: str = ""
    first: tuple[Action, ...] = ()
    after: tuple[Action, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """All of them."""
        return (*self.first, *self.after)


@dataclass(frozen=True, slots=True)
class Official:
    """An operator's own instructions, said once for all its lines."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A whole chat message. ``lead`` stands over several parts, ``official`` under them; ``more``
    names those that did not fit; ``click_url`` is where a tap on the message itself leads,
    ``level`` the format's word for how near the day is."""

    language: str
    kind: str
    title: str
    summary: str
    lead: str
    parts: tuple[Part, ...]
    official: tuple[Official, ...]
    more: str
    more_url: str
    safety: str
    safety_words: str
    safety_url: str
    click_url: str
    level: int | str
    number_words: str
    balance_words: str
    amount_words: str
    ours_words: str
    comma: str
    colon: str
    is_single: bool
    is_letter: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A chat message in full, before it is cut and marked."""

    chat: Chat
    nearness: Nearness


def of_reminders(
    head: Letterhead, title: str, tellings: Sequence[Telling], blocks: Sequence[Block]
) -> Content:
    """What the reminders say."""
    speech, first = tellings[0].speech, tellings[0]
    single = len(tellings) == 1
    parts = tuple(_part(this, block) for this, block in zip(tellings, blocks, strict=True))
    sites = sites_of([one.ways for one in blocks])
    chat = _frame(head, speech, title, parts, sites=sites)
    chat = replace(
        chat,
        kind="reminder",
        summary=speech.say("{name}: {fact}", name=first.name, fact=parts[0].heading)
        if single
        else title,
        click_url=_page_of(first) if single else chat.more_url,
    )
    return Content(chat, max(_nearness(this) for this in tellings))


def of_second(head: Letterhead, letter: SecondLetter, tellings: Sequence[Telling]) -> Content:
    """What a second contact is told: on whose behalf, each number by its name with what there is
    to do; no balance, and nothing that acts for that person."""
    speech = tellings[0].speech
    gap = "" if speech.language == "zh" else " "
    stop = "。" if speech.language == "zh" else "."
    parts = []
    for this, said in zip(tellings, letter.parts, strict=True):
        part = Part(said.heading, this.name, _network(this), ours_url=said.ways.ours_url)
        words, url = said.ways.official_words, said.ways.official_url
        parts.append(replace(part, official_words=words, official_url=url))
    parts[0] = replace(parts[0], late=f"{letter.heading}{stop}{gap}{letter.intro}")
    sites = sites_of([part.ways for part in letter.parts])
    chat = _frame(head, speech, letter.subject, tuple(parts), sites, single=False)
    click = letter.parts[0].ways.ours_url
    chat = replace(chat, kind="reminder", lead="", click_url=click, more_url=head.base_url)
    return Content(chat, max(_nearness(this) for this in tellings))


def of_letter(head: Letterhead, kind: str, letter: Letter) -> Content:
    """What a letter says."""
    speech = Speech.of(head.language)
    actions = (Action(letter.button, letter.url),) if letter.url else ()
    part = Part(heading=letter.heading, body="\n".join(letter.paragraphs), first=actions)
    chat = _frame(head, speech, letter.subject, (part,))
    chat = replace(chat, kind=kind, click_url=letter.url or head.base_url, summary=letter.subject)
    return Content(replace(chat, is_letter=True), Nearness.LATER)


def _frame(
    head: Letterhead,
    speech: Speech,
    title: str,
    parts: tuple[Part, ...],
    sites: tuple[str, ...] = (),
    *,
    single: bool | None = None,
) -> Chat:
    say, single = speech.say, len(parts) == 1 if single is None else single
    never = say("We never ask for codes, passwords or cards.")
    leads = safety_hosts(speech, [head.host, *sites])
    if single and FORMS[head.format].buttons:
        leads = say("Buttons open {host}.", host=head.host)
    return Chat(
        language=head.language,
        kind="",
        title=title,
        summary=title,
        lead="" if single else title,
        parts=parts,
        official=(),
        more="",
        more_url=head.board_url,
        safety=never + ("" if speech.language == "zh" else " ") + leads,
        safety_words=say("How to tell our messages are real"),
        safety_url=head.safety_url,
        click_url="",
        level="",
        number_words=say("Number"),
        balance_words=say("Balance"),
        amount_words=say("top up at least"),
        ours_words=say("All ways to pay"),
        comma="，" if speech.language == "zh" else ", ",
        colon="：" if speech.language == "zh" else ": ",
        is_single=single,
        is_letter=False,
    )


def _nearness(this: Telling) -> Nearness:
    if this.matter in (Matter.COVERED, Matter.AUTOPAY):
        return Nearness.LATER
    left = this.notice.days_left
    if left == 0:
        return Nearness.TODAY
    return Nearness.NEAR if left <= _NEAR else Nearness.LATER


def _part(this: Telling, block: Block) -> Part:
    line, say = this.notice.line, this.speech.say
    number = mask(line.number, this.language)
    knows = this.operator is not None and this.operator.official_link is not None
    labels = {"snooze": say("Remind me tomorrow"), "stop": say("Stop for this number")}
    first = tuple(one for one in block.actions if one.verb not in _AFTER)
    if len(first) > 1:
        first = tuple(one for one in first if one.verb != "acknowledge")
    by_verb = {one.verb: one for one in block.actions}
    after = tuple(replace(by_verb[v], label=labels[v]) for v in _AFTER if v in by_verb)
    return Part(
        heading=block.heading,
        name=this.name,
        rest=_network(this),
        late=block.late,
        body=block.body,
        number=number.replace(" ", "\u00a0"),
        balance=balance_of(this),
        amount=this.short if this.matter is Matter.SHORT else this.lacking,
        best=block.ways.best,
        official_words=block.ways.official_words,
        official_label=say("Official instructions") if knows else say("Your own address"),
        official_host=block.ways.site[0] if block.ways.site else "",
        official_url=block.ways.official_url,
        ours_url=block.ways.ours_url,
        upcoming=block.upcoming,
        first=first,
        after=after,
    )


def _page_of(this: Telling) -> str:
    """The page of a number; who only watches it has none."""
    return (
        this.head.board_url if this.whose else f"{this.head.base_url}/lines/{this.notice.line.id}"
    )


def _network(this: Telling) -> str:
    """The operator, the number masked and, among lines of several people, whose it is."""
    network = operator_name(this.operator, this.language)
    number = mask(this.notice.line.number, this.language).replace(" ", "\u00a0")
    comma = "，" if this.language == "zh" else ", "
    return comma.join(text for text in (network, number, this.among) if text)


def cut(chat: Chat, detail: Detail, kept: int) -> Chat:
    """The message with its first ``kept`` parts, each in that much detail."""
    left, single = len(chat.parts) - kept, chat.is_single
    speech = Speech.of(chat.language)
    more = speech.count("and {n} more number", "and {n} more numbers", left) if left else ""
    parts = tuple(_less(one, detail) for one in chat.parts[:kept])
    if single:
        return replace(chat, parts=parts, more=more)
    links = dict.fromkeys(
        Official(one.official_words, one.official_url) for one in parts if one.official_url
    )
    bare = tuple(replace(one, official_words="", official_url="") for one in parts)
    return replace(chat, parts=bare, official=tuple(links), more=more)


def _less(part: Part, detail: Detail) -> Part:
    if detail >= Detail.SHORT:
        part = replace(part, upcoming="", number="", balance="", best="", ours_url="")
    if detail >= Detail.BRIEF:
        name = shorten(part.name, _LONGEST_NAME)
        part = replace(part, name=name, body="", late="", first=part.first[:1], after=())
    if detail >= Detail.BARE:
        part = replace(part, first=())
    return part


T = TypeVar("T", Chat, Part, Action, Official)
_NOT_TEXT = frozenset({"language", "kind", "level", "verb"})


def marked(chat: Chat, escape: Escape, link: Escape) -> Chat:
    """The same message with every text and every address made safe for one markup."""
    parts = tuple(_marked_part(part, escape, link) for part in chat.parts)
    official = tuple(_escaped(one, escape, link) for one in chat.official)
    return replace(_escaped(chat, escape, link), parts=parts, official=official)


def _marked_part(part: Part, escape: Escape, link: Escape) -> Part:
    first = tuple(_escaped(one, escape, link) for one in part.first)
    after = tuple(_escaped(one, escape, link) for one in part.after)
    return replace(_escaped(part, escape, link), first=first, after=after)


def _escaped(value: T, escape: Escape, link: Escape) -> T:
    changed = {}
    for one in fields(value):
        text = getattr(value, one.name)
        if one.name not in _NOT_TEXT and isinstance(text, str) and text:
            changed[one.name] = (link if one.name.endswith("url") else escape)(text)
    return replace(value, **changed)  # type: ignore[arg-type]  # names of text fields
