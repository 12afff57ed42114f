"""One thing done about several lines at once: what cannot be done about one is left as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import LineState
from reminder.domain.owner import Owner
from reminder.errors import Conflict, Fault, InvalidInput
from reminder.service import acts, board, many
from reminder.service.fields import Fields
from reminder.service.lines import patched
from reminder.service.many import Ready, Written
from reminder.service.work import Work
from reminder.storage import board as stored
from reminder.storage import lines, owners
from reminder.storage.lines import Kept

MOST_LINES = 5000
CHOOSING = frozenset({"lines", "all", *board.FILTERS})
SETTING = frozenset({"fee", "period", "charged_by", "lead_times", "channels"})
TAGGING = frozenset({"add_tag", "remove_tag"})
HOW = frozenset({"dry_run", "keep_good", "expected"})
EDIT_FIELDS = CHOOSING | SETTING | TAGGING | HOW
LONGEST_TAG = 30
CHANGED_MEANWHILE = "What would change is not what you looked at: look again"
NO_SUCH = Fault("lines", "You have no such line", "not_found")


class Deed(StrEnum):
    """What can be done about several lines."""

    STOP = "stop"
    RESUME = "resume"
    TAG = "tag"
    UNTAG = "untag"


class State(StrEnum):
    """What an edit makes of a line; before it is done, what it would."""

    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Edited:
    """One line of an edit, as it was and as it is with it, or what is wrong."""

    id: LineId
    state: State
    written: Written | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """About how many lines a deed is done; ``ready``: what is written for it."""

    count: int
    ready: Ready | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An edit, line by line. ``ready``: what is changed, to be written or standing in the database;
    None where it is not to be."""

    items: list[Edited] = field(default_factory=list)
    ready: Ready | None = None

    @property
    def applied(self) -> bool:
        """Whether what is changed is to stand in the database."""
        return self.ready is not None

    def number(self, state: State) -> int:
        """How many lines came out so."""
        return sum(1 for one in self.items if one.state is state)

    @property
    def expected(self) -> str:
        """By which an edit that was looked at is known again: the lines that it changes."""
        changed = sorted(one.id for one in self.items if one.state is State.CHANGED)
        return hashlib.sha256("\n".join(changed).encode()).hexdigest()[:32]


def chosen(work: Work, owner: OwnerId, given: Mapping[str, object]) -> list[LineId]:
    """The lines that a request names: ``lines`` by their ids, or ``all`` that are sought by the
    filters beside it. Raises InvalidInput for none, or too many."""
    fields = Fields({k: v for k, v in given.items() if k in CHOOSING}, CHOOSING)
    named = fields.texts("lines", MOST_LINES)
    wants_all = fields.flag("all")
    filters = {name: fields.text(name) or "" for name in board.FILTERS}
    fields.check()
    if wants_all:
        today = owners.get(work.session, owner).days.of(work.now)
        found = stored.ids(work.session, owner, board.sought(work, filters), today)
    else:
        found = [LineId(line) for line in named or ()]
    if not found or len(found) > MOST_LINES:
        raise InvalidInput.of("lines", f"Choose 1 to {MOST_LINES} lines")
    return found


def deed(work: Work, owner: OwnerId, wanted: Iterable[str], verb: str, tag: str = "") -> Done:
    """What it is to do it about these lines of the owner. One that is gone, or stands so already,
    is passed over. Raises InvalidInput for a deed or a tag that is none."""
    some = [LineId(line) for line in dict.fromkeys(wanted)]
    if verb not in set(Deed):
        raise InvalidInput.of("do", f"Choose one of: {', '.join(Deed)}")
    if not some or len(some) > MOST_LINES:
        raise InvalidInput.of("line", f"Choose 1 to {MOST_LINES} lines")
    if verb in {Deed.TAG, Deed.UNTAG} and not tag.strip():
        raise InvalidInput.of("tag", "Write the tag", "required")
    person, there = owners.get(work.session, owner), _mine(work, owner, some)
    done = [_one(work, person, kept, Deed(verb), tag.strip()) for kept in there.values()]
    written = [one for one in done if one is not None]
    return Done(len(written), many.ready(work, person, written) if written else None)


def _mine(work: Work, owner: OwnerId, some: Iterable[LineId]) -> dict[LineId, Kept]:
    found = lines.some(work.session, some)
    return {line: kept for line, kept in found.items() if kept.line.owner == owner}


def _one(work: Work, person: Owner, kept: Kept, deed: Deed, tag: str) -> Written | None:
    is_stopped = kept.standing.state is LineState.STOPPED
    match deed:
        case Deed.STOP:
            return None if is_stopped else acts.stopped(work, person, kept)
        case Deed.RESUME:
            return acts.resumed(work, person, kept) if is_stopped else None
        case Deed.TAG | Deed.UNTAG:
            before = list(kept.line.tags)
            tags = _tags(before, tag, wanted=deed is Deed.TAG)
            return None if tags == before else _patched(work, person, kept, {"tags": tags})


def _tags(tags: list[str], tag: str, *, wanted: bool) -> list[str]:
    """Tags with one more, or less; the same where they are so already."""
    others = [t for t in tags if t.casefold() != tag.casefold()]
    if wanted is (len(others) < len(tags)):
        return tags
    return [*others, tag] if wanted else others


def _patched(work: Work, person: Owner, kept: Kept, patch: Mapping[str, object]) -> Written:
    line, case = patched(work, person, kept, patch)
    return Written(kept, line, case)


def look(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Report:
    """What an edit makes of each line chosen: of its fee, period, leads, channels and tags."""
    patch = _checked(given)
    person, some = owners.get(work.session, owner), chosen(work, owner, given)
    there = _mine(work, owner, some)
    return Report([_edited(work, person, there.get(line), line, patch) for line in some])


def edit(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Report:
    """What it is to change every line chosen; while one is refused, none, unless ``keep_good``.
    Raises Conflict when the lines it changes are not those ``expected``."""
    found, flags = look(work, owner, given), Fields(given, frozenset(given))
    if given.get("expected") not in {None, found.expected}:
        raise Conflict(CHANGED_MEANWHILE)
    written = [one.written for one in found.items if one.written is not None]
    if not written or (found.number(State.REFUSED) and not flags.flag("keep_good")):
        return found
    person = owners.get(work.session, owner)
    return Report(found.items, many.ready(work, person, written))


def _checked(given: Mapping[str, object]) -> dict[str, object]:
    """What is to be set, and which tags come and go."""
    fields = Fields(given, EDIT_FIELDS)
    patch: dict[str, object] = {name: given[name] for name in SETTING if name in given}
    for name in sorted(TAGGING):
        tag = fields.text(name, LONGEST_TAG)
        if tag:
            patch[name] = tag
    for name in ("dry_run", "keep_good"):
        fields.flag(name)
    fields.text("expected", 64)
    if not patch:
        fields.fault("", "Name what is to change", "required")
    fields.check()
    return patch


def _edited(
    work: Work, person: Owner, kept: Kept | None, line: LineId, patch: Mapping[str, object]
) -> Edited:
    if kept is None:
        return Edited(line, State.REFUSED, faults=(NO_SUCH,))
    own = {name: value for name, value in patch.items() if name in SETTING}
    tags = list(kept.line.tags)
    for name, wanted in (("remove_tag", False), ("add_tag", True)):
        tag = patch.get(name)
        if isinstance(tag, str):
            tags = _tags(tags, tag, wanted=wanted)
    if set(tags) != set(kept.line.tags):
        own["tags"] = tags
    try:
        written = _patched(work, person, kept, own) if own else None
    except InvalidInput as error:
        return Edited(line, State.REFUSED, faults=error.faults)
    if written is None or written.line == kept.line:
        return Edited(line, State.SAME)
    return Edited(line, State.CHANGED, written)
