"""A form that is sent twice counts once: each form carries a key of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from reminder.service import repeats
from reminder.service.work import Work
from reminder.web.visit import Visit

FIELD = "form"
_BYTES = 12
_LONGEST = 64
_FOUND = 303


def form_key(visit: Visit) -> str:
    """A fresh key for a form that is shown."""
    return visit.site.app.desk.entropy(_BYTES).hex()


def once(visit: Visit, work: Work, use: Callable[[Work], str]) -> str:
    """Do what the form is for and return where to go next; the same form sent again leads to the
    same place and does nothing. A form that was changed is another form."""
    key = visit.form.get(FIELD, "")[:_LONGEST]
    if not key:
        return use(work)
    owner, said = visit.me.id, _digest(visit)
    name = f"form:{key}:{said[:_LONGEST]}"
    before = repeats.stored(work, owner, name, said)
    if before is not None:
        return before[2]
    place = use(work)
    repeats.store(work, owner, name, said, (_FOUND, "", place))
    return place


def _digest(visit: Visit) -> str:
    said = repr((visit.request.url.path, sorted(visit.many.items())))
    return hashlib.sha256(said.encode()).hexdigest()
