"""Break plain text into lines of a mail: at spaces, and between Chinese signs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

COLUMNS = 78
_CLOSING = "，。：；！？、）”’》…,.:;!?)"
_OPENING = "（“‘《"
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
# What most texts in our languages but Chinese are made of: every sign of it takes one column.
_NARROW = re.compile(
    "[\x00-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u202f-\u205e\u20a0-\u20bf]*"
)
_PIECE = re.compile(rf" +|{_WIDE}|(?:(?!{_WIDE})[^ ])+")


def columns(text: str) -> int:
    """How many columns a text takes; wide signs take two, combining ones none."""
    return len(text) if _NARROW.fullmatch(text) else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def wrap(text: str) -> str:
    """Break every line that is longer than 78 columns; an address is never broken."""
    lines = text.split("\n")
    return "\n".join([_wrap_line(each) if 2 * len(each) > COLUMNS else each for each in lines])


@lru_cache(maxsize=1024)
def _wrap_line(line: str) -> str:
    if "://" in line or columns(line) <= COLUMNS:
        return line
    lines: list[str] = []
    current, wide = "", 0
    for piece in _pieces(line):
        if current and wide + columns(piece) > COLUMNS:
            lines.append(current.rstrip(" "))
            current, wide = "", 0
        fits = piece if current else piece.lstrip(" ")
        current, wide = current + fits, wide + columns(fits)
    return "\n".join([*lines, current]).rstrip(" ")


def _pieces(line: str) -> list[str]:
    """Parts that may stand apart: a mark that closes stays with what is before it, one that opens
    with what follows, and a word longer than a line is cut."""
    pieces: list[str] = []
    for match in _PIECE.finditer(line):
        piece = match[0]
        if pieces and (piece[0] in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return [part for piece in pieces for part in _cut(piece)]


def _cut(piece: str) -> list[str]:
    if columns(piece) <= COLUMNS:
        return [piece]
    parts: list[str] = []
    current, wide = "", 0
    for sign in piece:
        if wide + _columns(sign) > COLUMNS:
            parts.append(current)
            current, wide = "", 0
        current, wide = current + sign, wide + _columns(sign)
    return [*parts, current]
