"""Promises of reminder/service/transfer/encoding.py."""

from __future__ import annotations

import io

import pytest

from reminder.errors import InvalidInput
from reminder.service.transfer.encoding import NAMES, encoding_of

RUSSIAN = "number,label\n+79161234567,Мамин номер для банка\n"
CHINESE = "number,label\n+79161234567,妈妈的银行号码，不要停机\n"
WAYS = [
    (RUSSIAN, "utf-8"),
    (RUSSIAN, "utf-8-sig"),
    (RUSSIAN, "utf-16"),
    (RUSSIAN, "utf-16-le"),
    (RUSSIAN, "utf-16-be"),
    (RUSSIAN, "cp1251"),
    (CHINESE, "utf-8"),
    (CHINESE, "utf-8-sig"),
    (CHINESE, "utf-16"),
    (CHINESE, "gbk"),
    (CHINESE, "gb18030"),
    ("number,label\n+79161234567,Mum\n", "ascii"),
]


@pytest.mark.parametrize(("text", "codec"), WAYS)
def test_a_file_is_read_as_it_was_written(text: str, codec: str) -> None:
    """Each of the usual encodings is recognised, with and without its mark."""
    raw = text.encode(codec)
    assert raw.decode(encoding_of(io.BytesIO(raw))).lstrip("\ufeff") == text


@pytest.mark.parametrize(
    "label", ["МТС мама", "Билайн", "номер Ёлки", "Дача — «Север»", "МегаФон", "Львів", "Гомель, Ў"]
)
def test_short_russian_labels_are_not_taken_for_chinese(label: str) -> None:
    """A few Russian words in Windows-1251 are enough."""
    raw = f"number,label\n+79161234567,{label}\n".encode("cp1251")
    assert encoding_of(io.BytesIO(raw)) == "cp1251"


@pytest.mark.parametrize("label", ["妈妈", "北京", "中国移动", "俄罗斯号码"])
def test_short_chinese_labels_are_not_taken_for_russian(label: str) -> None:
    """A few Chinese signs in GBK are enough."""
    raw = f"number,label\n+79161234567,{label}\n".encode("gbk")
    assert encoding_of(io.BytesIO(raw)) == "gb18030"


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04rest of a workbook",
        b"\x1f\x8b\x08zipped",
        bytes(range(256)) * 40,
        b"number\0\0\0label",
    ],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    """Archives and rubbish get one sentence."""
    with pytest.raises(InvalidInput) as refused:
        encoding_of(io.BytesIO(raw))
    assert len(refused.value.faults) == 1


def test_half_a_character_is_named() -> None:
    """UTF-8 cut in the middle of a character is damaged, not another encoding, however little
    there is of it; nor is Chinese that was cut read as Russian."""
    for label in ("Мамин номер", "Мама", "Маш", "妈妈的"):
        for rest in (b",300\n", b""):
            raw = b"number,label\n+79161234567," + label.encode()[:-1] + rest
            with pytest.raises(InvalidInput, match="UTF-8, but some characters are damaged"):
                encoding_of(io.BytesIO(raw))
    for short in ("М".encode() + b"\xd0", "妈".encode() + b"\xe5\xa6", "妈妈的".encode("gbk")[:-1]):
        with pytest.raises(InvalidInput, match="say which it is"):
            encoding_of(io.BytesIO(b"number,label\n+79161234567," + short + b",300\n"))


def test_a_named_encoding_is_believed() -> None:
    """Who names the encoding is asked nothing more; an unknown name lists the known ones."""
    raw = io.BytesIO("Ра".encode("cp1251"))
    assert encoding_of(raw, "windows-1251") == NAMES["windows-1251"]
    with pytest.raises(InvalidInput, match="windows-1251"):
        encoding_of(raw, "koi8-r")


def test_a_long_file_may_be_cut_inside_a_character() -> None:
    """Only the sample is looked at; where it ends does not matter."""
    raw = ("number,label\n" + "Ж" * 200_000).encode()
    assert encoding_of(io.BytesIO(raw)) == "utf-8"
    assert encoding_of(io.BytesIO(b"x" + raw)) == "utf-8"
