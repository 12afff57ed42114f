"""What is wrong with a file, a row or a cell of an import, in the reader's language."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from reminder.errors import Fault
from reminder.web.faults import told
from reminder.web.visit import Visit
from reminder.web.words import mark

_OF_THE_FILE = (
    (r"^Choose a file$", mark("Choose a file")),
    (r"holds 32 MB at most", mark("A file holds 32 MB at most: split it")),
    (r"did not arrive whole", mark("The file did not arrive whole: send it again")),
    (r"is not kept any more", mark("This file is not kept any more: choose it again")),
    (
        r"archive or an Excel workbook",
        mark("This is an archive or an Excel workbook: unpack it, or save the sheet as CSV"),
    ),
    (
        r"some characters are damaged.*near byte (?P<n>\d+)",
        mark("Some characters are damaged, the first near byte {n}: export the file anew as UTF-8"),
    ),
    (
        r"characters are damaged|text is damaged",
        mark("The text is damaged: export the file anew as UTF-8"),
    ),
    (
        r"phones\.ini",
        mark(
            "This is phones.ini, which holds passwords and no dates: copy its numbers and names "
            "into the template instead"
        ),
    ),
    (
        r"One JSON document holds",
        mark("One JSON document holds 8 MB at most: send CSV, or one object a line"),
    ),
    (r"This JSON is broken", mark("This JSON is broken: export it anew")),
    (r"no list of numbers", mark("This JSON is no list of numbers: see the template")),
    (r"is no text file", mark("This is no text file: send CSV or JSON lines")),
    (r"encoding of this file is not known", mark("The encoding is not known: save it as UTF-8")),
    (
        r"GBK or Windows-1251",
        mark("This may be GBK or Windows-1251: choose the encoding in which names read right"),
    ),
    (
        r"between several signs",
        mark("The cells stand between several signs: choose the one that separates them"),
    ),
    (r"The file is empty", mark("The file is empty: its first row names the columns")),
    (r"A row holds (?P<n>\d+) kB", mark("A row holds {n} kB at most")),
    (r"The first row cannot be read", mark("The first row cannot be read: look at its quotes")),
    (r"The column '(?P<name>.+)' stands twice", mark("The column {name} stands twice")),
    (
        r"must name the column (?P<name>\w+)",
        mark("The first row must name the column {name}"),
    ),
    (
        r"no such column: did you mean (?P<name>\w+)",
        mark("There is no such column: did you mean {name}?"),
    ),
    (r"no such column", mark("There is no such column: see the template")),
    (
        r"quote that opens in row (?P<n>\d+)",
        mark("A quote that opens in row {n} is never closed"),
    ),
    (r"^Row (?P<n>\d+) cannot be read", mark("Row {n} cannot be read: look at its quotes")),
    (
        r"changed meanwhile",
        mark("Your numbers were changed meanwhile, so nothing was imported: check again"),
    ),
    (
        r"broke inside the service",
        mark("The import broke inside the service; nothing was imported: try again"),
    ),
)
_OF_A_ROW = (
    (
        r"The row has (?P<n>\d+) cells, the first row names (?P<m>\d+)",
        mark("The row has {n} cells, but the first row names {m} columns"),
    ),
    (
        r"No phone number stands in (?P<names>.+): write",
        mark("There is no phone number in {names}: write it there"),
    ),
    (r"no JSON object", mark("This line is no JSON object")),
    (r"same number stands in row (?P<n>\d+)", mark("The same number stands in row {n}")),
    (r"in your list already", mark("This number is in your list already")),
    (r"Write yes or no", mark("Write yes or no")),
    (r"Choose one of: (?P<names>.+)", mark("Write one of: {names}")),
    (r"Write each as: (?P<example>.+)", mark("Write each so: {example}")),
    (r"Write a clock and a day, (?P<example>.+)", mark("Write each so: {example}")),
    (r"Write this as text", mark("Write this as text")),
)
_LEFT = (
    (r"The day (?P<day>\S+) has passed", mark("The day {day} has passed: the next one is taken")),
    (r"The sign (?P<sign>\S+) is taken as (?P<name>\w+)", mark("{sign} is taken as {name}")),
    (
        r"The currency (?P<sign>\S+) is not known",
        mark("The currency {sign} is not known: the operator’s own is taken"),
    ),
    (
        r"How often it is paid",
        mark("How often it is paid is not in the file: as the operator does, else monthly"),
    ),
    (
        r"lunar calendar",
        mark("The lunar calendar: its period is counted by the common one here"),
    ),
)
_OF_A_COLUMN = {
    "operator": mark("Write the operator’s id or name; other, if it is not among the operators"),
    "period": mark("Write P1M, P4W, P1Y or days such as P30D, seven at least; once: no period"),
    "channels": mark("Write ids, labels or addresses of your channels, between semicolons"),
}
_ELSE = mark("Write this as the template does")


def words_of_row(visit: Visit, fault: Fault) -> Markup:
    """What would be right in place of one fault of a file."""
    for pattern, sentence in (*_OF_THE_FILE, *_OF_A_ROW):
        found = re.search(pattern, fault.detail)
        if found:
            return visit.t(sentence, **found.groupdict())
    if fault.field in _OF_A_COLUMN:
        return visit.t(_OF_A_COLUMN[fault.field])
    return told(visit, fault) or visit.t(_ELSE)


def words_left(visit: Visit, said: str) -> Markup:
    """What stays behind: our own sentence, or a field of the other program's as it stands."""
    for pattern, sentence in _LEFT:
        found = re.search(pattern, said)
        if found:
            return visit.t(sentence, **found.groupdict())
    return escape(said)
