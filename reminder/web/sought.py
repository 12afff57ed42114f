"""What is sought on the board: read from the address, kept in its links, offered in its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from reminder.domain.line import Clock, LineState
from reminder.service import board
from reminder.service.board import Board, Sort, Sought
from reminder.service.work import Work
from reminder.web.visit import Visit
from reminder.web.words import mark

KEYS = ("q", "needs", "operator", "state", "clock", "tag", "sort", "view")
FILTERS = board.FILTERS
Choice = tuple[str, str]
_STATES = {
    LineState.ACTIVE: mark("We write about it"),
    LineState.STOPPED: mark("Stopped"),
    LineState.ENDED: mark("No next date"),
}
_CLOCKS = {
    Clock.RENEWAL: mark("The fee"),
    Clock.BALANCE: mark("The money"),
    Clock.INACTIVITY: mark("Silence"),
}
_HIGHEST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: its parameters, and which page of how many lines."""

    given: Mapping[str, str]
    page: int
    size: int

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.given.get(key) for key in FILTERS)

    @property
    def is_table(self) -> bool:
        """Whether the lines are asked for as a table."""
        return self.given.get("view") == "table"

    def sought(self, work: Work) -> Sought:
        """The same as the service reads it."""
        start = (self.page - 1) * self.size
        return replace(board.sought(work, self.given), start=start, limit=self.size)

    def link(self, **changes: str) -> str:
        """The same list with something changed; an empty value takes a parameter away."""
        kept = {key: value for key, value in {**self.given, **changes}.items() if value}
        return f"/lines?{urlencode(kept)}" if kept else "/lines"

    def pages(self, found: int) -> int:
        """How many pages that many lines fill."""
        return max(-(-found // self.size), 1)


def asked(visit: Visit, cards: int, rows: int) -> Asked:
    """Read the address; a table has ``rows`` lines a page, the cards ``cards``."""
    given = {key: visit.asked(key).strip() for key in KEYS}
    typed = visit.asked("page")
    page = int(typed[:6]) if typed.isascii() and typed.isdigit() else 1
    size = rows if given["view"] == "table" else cards
    return Asked({k: v for k, v in given.items() if v}, min(max(page, 1), _HIGHEST_PAGE), size)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers to narrow the list by."""

    needs: list[Choice]
    operators: list[Choice]
    states: list[Choice]
    clocks: list[Choice]
    tags: list[Choice]
    sorts: list[Choice]


def choices(visit: Visit, found: Board) -> Choices:
    """Offer what this owner's lines can be narrowed by."""
    catalogue, language = visit.site.app.catalogue, visit.language
    every = str(visit.t("All"))
    return Choices(
        needs=[("", every), ("me", str(visit.t("Need me")))],
        operators=[
            ("", every),
            *((o.id, o.names.in_(language)) for o in catalogue.all() if o.id in found.operators),
        ],
        states=[("", every), *((s.value, str(visit.t(w))) for s, w in _STATES.items())],
        clocks=[("", every), *((c.value, str(visit.t(w))) for c, w in _CLOCKS.items())],
        tags=[("", every), *((tag, tag) for tag in found.tags)],
        sorts=[
            ("", str(visit.t("Most urgent first"))),
            (Sort.NAME.value, str(visit.t("By name"))),
            (Sort.DATE.value, str(visit.t("By date"))),
            (Sort.OPERATOR.value, str(visit.t("By operator"))),
            (f"-{Sort.ADDED.value}", str(visit.t("Newest first"))),
        ],
    )


def in_words(visit: Visit, wanted: Asked, offered: Choices) -> str:
    """What the list is narrowed by, in words."""
    said = [f"“{wanted.given['q']}”"] if wanted.given.get("q") else []
    pairs = (
        ("needs", offered.needs),
        ("operator", offered.operators),
        ("state", offered.states),
        ("clock", offered.clocks),
        ("tag", offered.tags),
    )
    for key, options in pairs:
        value = wanted.given.get(key)
        if value:
            said.append(dict(options).get(value, value))
    return (" + " if visit.language == "zh" else ", ").join(said)
