"""One thing done about several lines at once: what cannot be done about one is left as it is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import LineState
from reminder.errors import InvalidInput, NotFound
from reminder.service import acts, lines
from reminder.service.work import Work

MOST_LINES = 200


class Deed(StrEnum):
    """What can be done about several lines."""

    STOP = "stop"
    RESUME = "resume"
    TAG = "tag"
    UNTAG = "untag"


def do(work: Work, owner: OwnerId, wanted: Iterable[str], deed: str, tag: str = "") -> int:
    """Do it about these lines of the owner; return about how many it was done. One that is gone,
    or stands so already, is passed over. Raises InvalidInput for a deed or a tag that is none."""
    chosen = list(dict.fromkeys(wanted))
    if deed not in set(Deed):
        raise InvalidInput.of("do", f"Choose one of: {', '.join(Deed)}")
    if not chosen or len(chosen) > MOST_LINES:
        raise InvalidInput.of("line", f"Choose 1 to {MOST_LINES} lines")
    if deed in {Deed.TAG, Deed.UNTAG} and not tag.strip():
        raise InvalidInput.of("tag", "Write the tag", "required")
    return sum(_one(work, owner, LineId(line), Deed(deed), tag.strip()) for line in chosen)


def _one(work: Work, owner: OwnerId, line: LineId, deed: Deed, tag: str) -> bool:
    try:
        view = lines.get(work, owner, line)
    except NotFound:
        return False
    match deed:
        case Deed.STOP if view.standing.state is not LineState.STOPPED:
            acts.stop(work, owner, line)
        case Deed.RESUME if view.standing.state is LineState.STOPPED:
            acts.resume(work, owner, line)
        case Deed.TAG | Deed.UNTAG:
            return _tagged(work, owner, view, tag, wanted=deed is Deed.TAG)
        case _:
            return False
    return True


def _tagged(work: Work, owner: OwnerId, view: lines.LineView, tag: str, *, wanted: bool) -> bool:
    others = [t for t in view.line.tags if t.casefold() != tag.casefold()]
    if wanted is (len(others) < len(view.line.tags)):
        return False
    tags = [*others, tag] if wanted else others
    lines.change(work, owner, view.line.id, {"tags": tags})
    return True
