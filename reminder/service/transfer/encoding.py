"""Which encoding a file is in: UTF-8 with or without a mark, UTF-16, GBK or Windows-1251.

A file is never read wrongly in silence: where two encodings would do, the person is asked.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from reminder.errors import InvalidInput

SAMPLE = 256 * 1024
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
NAMES = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "gbk": "gb18030",
    "windows-1251": "cp1251",
}
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
FEW_COMMON = 0.5
MOSTLY = 0.9
TORN = "\ufffd"
WHICH = "This may be GBK or Windows-1251: say which it is"
_EVERYDAY = range(0xB0, 0xD8)
_CAPITAL_INSIDE = re.compile("[а-яё][А-ЯЁ]")
_CYRILLIC = re.compile("[А-Яа-яЁёІіЇїЄєҐґЎў№«»—–“”„’…]")


def encoding_of(source: BinaryIO, named: str | None = None) -> str:
    """The codec to read ``source`` with; its position is put back to the start.

    Raises InvalidInput for an archive, for bytes that are no text, for an unknown name, and where
    the encoding cannot be told.
    """
    source.seek(0)
    sample = source.read(SAMPLE)
    source.seek(0)
    if sample.startswith(ARCHIVES):
        raise _refused(
            "This is an archive or an Excel workbook: unpack it, or save the sheet as CSV"
        )
    if named is not None:
        if named.lower() not in NAMES:
            raise InvalidInput.of("encoding", f"Choose one of: {', '.join(NAMES)}")
        return NAMES[named.lower()]
    for mark, codec in MARKS:
        if sample.startswith(mark):
            return codec
    return _told_by(sample)


def _told_by(sample: bytes) -> str:
    if b"\0" in sample:
        return _utf16_without_mark(sample)
    if _is_utf8(sample):
        return "utf-8"
    if _is_damaged_utf8(sample):
        raise _refused(
            "This file is UTF-8, but some characters are damaged: export it anew, or mend the "
            f"bytes near {_first_torn(sample)}"
        )
    return _one_byte_or_two(sample)


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8, be the last character cut by the end of the sample."""
    cut = 3 if len(sample) == SAMPLE else 0
    for short in range(cut + 1):
        try:
            sample[: len(sample) - short].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether more characters are whole in UTF-8 than torn: in text of another encoding few are,
    and only by chance."""
    signs = [sign for sign in sample.decode("utf-8", "replace") if sign > "\x7f"]
    return 2 * signs.count(TORN) < len(signs)


def _first_torn(sample: bytes) -> str:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1}"
    return "the end"


def _utf16_without_mark(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) / 8 and even == 0:
        return "utf-16-le"
    if even > len(sample) / 8 and odd == 0:
        return "utf-16-be"
    raise _refused("This is no text file: send CSV or JSON lines")


def _one_byte_or_two(sample: bytes) -> str:
    """GBK and Windows-1251 read almost anything: what looks like words decides."""
    russian = _decoded(sample, "cp1251")
    chinese = _decoded(sample[: len(sample) - 1] if len(sample) == SAMPLE else sample, "gb18030")
    if chinese is None and russian is None:
        raise _refused("The encoding of this file is not known: save it as UTF-8")
    if chinese is None and _share(russian or "", _CYRILLIC.pattern) > MOSTLY:
        return "cp1251"
    if chinese is None:
        raise InvalidInput.of("encoding", WHICH)
    if russian is None or not _looks_russian(russian):
        return "gb18030"
    if _common(chinese) < FEW_COMMON:
        return "cp1251"
    raise InvalidInput.of("encoding", WHICH)


def _common(text: str) -> float:
    """The share of a Chinese text's signs that are in everyday use: level 1 of GB 2312."""
    signs = [sign for sign in text if sign > "\x7f"]
    leads = [sign.encode("gb18030")[0] for sign in signs]
    return sum(lead in _EVERYDAY for lead in leads) / max(len(leads), 1)


def _decoded(sample: bytes, codec: str) -> str | None:
    try:
        return sample.decode(codec)
    except UnicodeDecodeError:
        return None


def _looks_russian(text: str) -> bool:
    return _share(text, _CYRILLIC.pattern) > MOSTLY and not _CAPITAL_INSIDE.search(text)


def _share(text: str, kind: str) -> float:
    foreign = [sign for sign in text if sign > "\x7f"]
    return len(re.findall(kind, "".join(foreign))) / len(foreign) if foreign else 0.0


def _refused(detail: str) -> InvalidInput:
    return InvalidInput.of("file", detail)
