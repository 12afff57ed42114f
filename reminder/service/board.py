"""The board: an owner's lines found, sorted and counted, a page at a time.

What it sorts by is kept beside each line (:mod:`reminder.domain.glance`). Before a board is read,
its stale lines are looked at anew: computed where one only reads, then written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reminder.domain.glance import Glance, Level, glance
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Clock, LineState
from reminder.domain.look import look_at_each, settled
from reminder.service.lines import LineView, view
from reminder.service.work import Work
from reminder.storage import board, owners
from reminder.storage.board import Sort, Sought

__all__ = [
    "Board",
    "Seen",
    "Sort",
    "Sought",
    "check_ground",
    "keep",
    "look",
    "sought",
    "stale",
    "stale_of_anyone",
]

Seen = tuple[LineId, int, Glance]
AT_ONCE = 500
FILTERS = ("q", "needs", "operator", "state", "clock", "tag")
LONGEST_SEARCH = 100
FEWEST_DIGITS = 2
_SPELLED = re.compile(r"[\d\s()+.\-\u2010-\u2013]+")
_GROUND = "glances rest on"


@dataclass(frozen=True, slots=True)
class Board:
    """A page of lines, how many there are at each level among those sought and in all, the line of
    the next message and how many others that is about, and what can be sought by."""

    lines: list[LineView]
    counts: Mapping[Level, int]
    total: int
    following: LineView | None
    others: int
    operators: list[str]
    tags: list[str]

    @property
    def found(self) -> int:
        """How many lines were found, on all pages."""
        return sum(self.counts.values())

    @property
    def needing(self) -> int:
        """How many of those found need somebody, now or soon."""
        return self.counts.get(Level.NOW, 0) + self.counts.get(Level.SOON, 0)


def stale(work: Work, owner: OwnerId) -> list[Seen]:
    """Look anew at lines whose last glance is over, at most :data:`AT_ONCE` of them."""
    person = owners.get(work.session, owner)
    those = board.stale(work.session, owner, work.now, AT_ONCE)
    looks = look_at_each([work.desk.situation(k, person, work.now) for k in those], work.now)
    seen = [glance(settled(look)) for look in looks]
    return [(k.line.id, k.version, one) for k, one in zip(those, seen, strict=True)]


def stale_of_anyone(work: Work) -> list[Seen]:
    """The same for some owner who has such lines; empty when nobody has."""
    owner = board.owner_of_stale(work.session, work.now)
    return stale(work, owner) if owner else []


def keep(work: Work, seen: list[Seen]) -> None:
    """Keep what was seen; a line that was written in the meantime stays stale."""
    board.keep_glances(work.session, seen)


def sought(work: Work, given: Mapping[str, str]) -> Sought:
    """Read what is sought: ``q`` (a number in any spelling, a name, a tag, an operator, words of a
    note), ``needs``, ``operator``, ``state``, ``clock``, ``tag``, ``sort`` (``-`` before it turns
    it round). What is not understood is not sought."""
    text = " ".join(given.get("q", "").split())[:LONGEST_SEARCH]
    sort = given.get("sort", "")
    chosen = sort.removeprefix("-")
    return Sought(
        words=tuple(text.casefold().split()),
        digits=_digits(text),
        named=tuple(o.id for o in work.desk.catalogue.find(text)) if text else (),
        needs_me=given.get("needs") == "me",
        operator=given.get("operator", ""),
        state=given["state"] if given.get("state") in set(LineState) else "",
        clock=given["clock"] if given.get("clock") in set(Clock) else "",
        tag=given.get("tag", ""),
        sort=Sort(chosen) if chosen in set(Sort) else Sort.URGENCY,
        falling=sort.startswith("-"),
    )


def _digits(text: str) -> tuple[str, ...]:
    """The digits of a number in any spelling: as they are, and without what only stands before a
    national number (8 or 0) or an international one (00)."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    if len(digits) < FEWEST_DIGITS or not _SPELLED.fullmatch(text):
        return ()
    national = f"7{digits[1:]}" if digits.startswith("8") else digits.lstrip("0")
    return tuple(d for d in dict.fromkeys([digits, national]) if len(d) >= FEWEST_DIGITS)


def look(work: Work, owner: OwnerId, wanted: Sought) -> Board:
    """A page of the lines sought."""
    person = owners.get(work.session, owner)
    today = person.days.of(work.now)
    rows = board.page(work.session, owner, wanted, today)
    everyone = board.counts(work.session, owner, Sought(), today)
    asked = replace(wanted, sort=Sort.URGENCY, falling=False, start=0, limit=0)
    plain = asked == Sought(limit=0)
    following, others = board.next_message(work.session, owner, work.now) or (None, 0)
    return Board(
        lines=[view(work, row.kept, person, row) for row in rows],
        counts=everyone if plain else board.counts(work.session, owner, wanted, today),
        total=sum(everyone.values()),
        following=view(work, following.kept, person, following) if following else None,
        others=others,
        operators=board.operators(work.session, owner),
        tags=board.tags(work.session, owner),
    )


def tags(work: Work, owner: OwnerId) -> list[str]:
    """Every tag that an owner's lines bear."""
    return board.tags(work.session, owner)


def check_ground(work: Work, zones: str) -> None:
    """Once at the start: where the config's habits, the operators' rules or the ``zones`` are not
    those that the kept glances rest on, have every line looked at anew."""
    rules = [(o.id, o.country, o.keepalive.in_force) for o in work.desk.catalogue.all()]
    ground = hashlib.sha256(repr((zones, work.desk.habits, rules)).encode()).hexdigest()
    if owners.fact(work.session, _GROUND) != ground:
        board.forget_glances(work.session)
        owners.set_fact(work.session, _GROUND, ground)
