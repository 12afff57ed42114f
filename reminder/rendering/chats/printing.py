"""From what is said to the bytes of a chat's JSON: printed by its template, cut until it fits.

Less and less is said of each line, then lines are left out from the end and counted; a text is
never cut in its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from reminder.domain.delivery import Format
from reminder.rendering.block import Block
from reminder.rendering.chats import marks
from reminder.rendering.chats.forms import FORMS
from reminder.rendering.chats.parts import (
    Chat,
    Content,
    Detail,
    cut,
    marked,
    of_letter,
    of_reminders,
    of_second,
)
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.letters import Letter
from reminder.rendering.second import SecondLetter
from reminder.rendering.telling import Telling
from reminder.rendering.templating import BadTemplate, Press


def reminders(
    head: Letterhead, title: str, tellings: Sequence[Telling], blocks: Sequence[Block]
) -> bytes:
    """The JSON of a chat message that tells these reminders, in the order given."""
    return _printed(head, of_reminders(head, title, tellings, blocks))


def second(head: Letterhead, said: SecondLetter, tellings: Sequence[Telling]) -> bytes:
    """The JSON of a chat message to the second contact of a person."""
    return _printed(head, of_second(head, said, tellings))


def letter(head: Letterhead, kind: str, said: Letter) -> bytes:
    """The JSON of a chat message that is about no line: ``test``, ``failing``, ``heartbeat``."""
    return _printed(head, of_letter(head, kind, said))


def _printed(head: Letterhead, content: Content) -> bytes:
    return head.templates.print(lambda press: _fitted(press, head.format, content))


def _fitted(press: Press, kind: Format, content: Content) -> bytes:
    form, name = FORMS[kind], f"chats/{kind}.json.j2"
    chat = replace(content.chat, level=form.levels[content.nearness])
    for shorter in _shorter(chat):
        values = {
            "chat": marked(shorter, form.escape, form.url),
            "plain": marked(shorter, marks.plain, marks.address),
        }
        document = press.json(name, values)
        if form.fits(document):
            return orjson.dumps(document)
    raise BadTemplate(name, f"not even the title alone is within the limits of {kind}")


def _shorter(chat: Chat) -> Iterator[Chat]:
    """The message in less and less detail, then with fewer and fewer of its parts."""
    count = len(chat.parts)
    if chat.is_letter:
        yield chat
        return
    for detail in Detail if count == 1 else list(Detail)[1:]:
        yield cut(chat, detail, count)
    for kept in range(count - 1, -1, -1):
        yield cut(chat, Detail.BARE, kept)
