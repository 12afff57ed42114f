"""Bringing numbers in from a file: send it, see what would become of each row, import it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup
from starlette.responses import Response

from reminder.errors import Fault, InvalidInput
from reminder.rendering.naming import shorten
from reminder.service.transfer import exporting, uploads
from reminder.service.transfer.encoding import NAMES
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.jobs import JobState, Progress
from reminder.service.transfer.sheets import SEPARATORS
from reminder.service.transfer.uploads import Upload
from reminder.web.faults import Shown
from reminder.web.row_words import words_left, words_of_row
from reminder.web.uploading import sent
from reminder.web.visit import Visit
from reminder.web.words import mark

PATIENCE_SECONDS = 1.5
LOOK_EVERY_SECONDS = 2
MOST_SHOWN = 200
LONGEST_NAME = 40
_STATES = {
    JobState.RUNNING: mark("under way"),
    JobState.DONE: mark("imported"),
    JobState.REFUSED: mark("not imported"),
    JobState.INTERRUPTED: mark("broken off"),
}
_CHECKED = mark("checked, not imported")
_SIGNS = {
    "comma": mark("comma ,"),
    "semicolon": mark("semicolon ;"),
    "tab": mark("tab"),
    "bar": mark("bar |"),
}
_NOTHING: dict[str, Any] = {
    "errors": (),
    "items": (),
    **dict.fromkeys(("rows", "added", "updated", "refused"), 0),
    "shape": "",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault of one row, as the table shows it."""

    row: int
    column: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Earlier:
    """An import of before, as the list shows it."""

    id: str
    name: str
    moment: str
    state: Markup


async def index(visit: Visit) -> Response:
    """``/lines/import``: choose a file; POST takes it and begins its check."""
    return await _take(visit) if visit.is_post else await _form(visit)


async def _form(visit: Visit, faults: tuple[Shown, ...] = (), status: int = 200) -> Response:
    found = await visit.read(lambda work: uploads.latest(work, visit.me.id))
    return visit.render(
        "import.html",
        status,
        faults=faults,
        earlier=[_earlier(visit, one) for one in found],
        largest=uploads.LARGEST_FILE // 1024**2,
    )


def _earlier(visit: Visit, one: Progress) -> Earlier:
    is_check = one.state is JobState.DONE and not (one.report or {}).get("applied")
    state = visit.t(_CHECKED if is_check else _STATES[one.state])
    return Earlier(one.id, _named(visit, one), visit.moment(one.created_at), state)


def _named(visit: Visit, one: Progress) -> str:
    return one.name or str(visit.t("a file without a name"))


async def _take(visit: Visit) -> Response:
    try:
        form = await sent(visit.request)
        if form.file is None:
            raise InvalidInput.of("file", "Choose a file")
    except InvalidInput as error:
        fault = error.faults[0]
        return await _form(visit, (Shown("file", words_of_row(visit, fault)),), 422)
    wishes = replace(uploads.CHECK, update=form.fields.get("update") == "yes")
    with form.file as source:
        identity = await visit.write(
            lambda work: uploads.keep(work, visit.me.id, form.name, source, wishes)
        )
    return await _run(visit, identity)


async def _run(visit: Visit, identity: str) -> Response:
    """Let it run, and lead to its page: at once to what came of it, where that is soon there."""
    app = visit.site.app
    running = app.in_background(uploads.run(app, app.now, visit.me.id, identity))
    await asyncio.wait({running}, timeout=PATIENCE_SECONDS)
    return visit.go(f"/lines/import/{identity}")


async def show(visit: Visit) -> Response:
    """``/lines/import/{id}``: how a file stands; POST checks it again or imports it."""
    identity = visit.part("id")
    if visit.is_post:
        try:
            is_begun = await visit.write(
                lambda work: uploads.start(work, visit.me.id, identity, _wished(visit.form))
            )
        except InvalidInput:
            is_begun = False
        return await _run(visit, identity) if is_begun else visit.go(f"/lines/import/{identity}")
    upload = await visit.read(lambda work: uploads.look(work, visit.me.id, identity))
    if upload.progress.state is JobState.RUNNING:
        return _progress(visit, upload)
    return _outcome(visit, upload)


def _wished(form: Mapping[str, str]) -> Wishes:
    return Wishes(
        dry_run=form.get("do") != "import",
        keep_good=form.get("keep_good") == "yes",
        update=form.get("update") == "yes",
        encoding=form.get("encoding") or None,
        separator=form.get("separator") or None,
    )


def _progress(visit: Visit, upload: Upload) -> Response:
    """How far it is. The page looks again by itself, by a header, until its reader says no."""
    one, stays = upload.progress, visit.asked("stay") == "yes"
    response = visit.render(
        "import_running.html",
        name=_named(visit, one),
        rows=one.rows_read,
        percent=math.floor(one.share * 100),
        is_check=upload.wishes.dry_run,
        stays=stays,
        here=f"/lines/import/{one.id}",
    )
    if not stays:
        response.headers["Refresh"] = str(LOOK_EVERY_SECONDS)
    return response


def _outcome(visit: Visit, upload: Upload) -> Response:
    one, wishes = upload.progress, upload.wishes
    report: Mapping[str, Any] = _NOTHING | dict(one.report or {})
    wrong = _wrong(visit, report)
    return visit.render(
        "import_done.html",
        name=_named(visit, one),
        here=f"/lines/import/{one.id}",
        upload=upload,
        wishes=wishes,
        report=report,
        is_broken_off=one.state is JobState.INTERRUPTED,
        whole=[_of_all(visit, fault) for fault in _faults(report["errors"])],
        asks=_asks(report, wishes),
        encodings=[(name, name.upper()) for name in NAMES],
        separators=[(name, visit.t(_SIGNS[name])) for name in SEPARATORS],
        wrong=wrong[:MOST_SHOWN],
        more=report["refused"] - len({one.row for one in wrong[:MOST_SHOWN]}),
        left=_left(visit, report),
        good=report["rows"] - report["refused"],
        has_known=any(_is_known(one) for one in report["items"]),
    )


def _faults(errors: Any) -> list[Fault]:  # noqa: ANN401 - out of a stored report
    return [Fault(unquote(one["pointer"].lstrip("#/")), one["detail"]) for one in errors]


def _of_all(visit: Visit, fault: Fault) -> Markup:
    """What is wrong with the file as a whole; a column that there is none of, by its name."""
    words = words_of_row(visit, fault)
    if "no such column" not in fault.detail:
        return words
    name = fault.field.replace("~1", "/").replace("~0", "~")
    return Markup("{}: {}").format(shorten(name, LONGEST_NAME), words)


def _wrong(visit: Visit, report: Mapping[str, Any]) -> list[Wrong]:
    return [
        Wrong(item["row"], fault.field, words_of_row(visit, fault))
        for item in report["items"]
        for fault in _faults(item["errors"])
    ]


def _is_known(item: Mapping[str, Any]) -> bool:
    return any("in your list already" in one["detail"] for one in item["errors"])


def _left(visit: Visit, report: Mapping[str, Any]) -> list[Wrong]:
    """What is not carried over from another program's export."""
    return [
        Wrong(item["row"], item["number"], words_left(visit, words))
        for item in report["items"]
        for words in item["left_out"]
    ][:MOST_SHOWN]


def _asks(report: Mapping[str, Any], wishes: Wishes) -> tuple[str, ...]:
    """What the file left open: its encoding, its separator, or what was answered before."""
    asked = {fault.field for fault in _faults(report["errors"])}
    said = {"encoding": wishes.encoding, "separator": wishes.separator}
    return tuple(name for name in said if name in asked or said[name])


async def template(visit: Visit) -> Response:
    """``/lines/import/template.csv``: a file to fill in."""
    del visit
    headers = {"Content-Disposition": 'attachment; filename="numbers.csv"'}
    return Response(exporting.template(), headers=headers, media_type="text/csv")
