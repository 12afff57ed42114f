"""The catalogues are whole, and their sentences hold the same values."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from reminder.rendering import translation
from reminder.rendering.translation import Speech, translations

FOLDER = Path(translation.__file__).parent


def spoken() -> set[str]:
    """Every English sentence that the code of this floor says."""
    keywords: dict[str, tuple[int, ...] | None] = {"say": None, "count": (1, 2)}
    found = extract_from_dir(FOLDER, method_map=[("**.py", "python")], keywords=keywords)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def holes(sentence: str) -> set[str]:
    """The names that a sentence is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_catalogue_is_whole(language: str) -> None:
    """Every sentence is translated without a value of its own, and none is left over."""
    with (FOLDER / "locale" / language / "LC_MESSAGES" / "reminder.po").open("rb") as source:
        catalogue = read_po(source)
    known = {}
    for message in catalogue:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = message.string or ()
        texts = [forms] if isinstance(forms, str) else [*forms]
        known[key] = texts
        assert texts, key
        assert all(texts), key
        assert all(holes(text) <= holes(key) for text in texts), key
    assert set(known) == spoken()


@pytest.mark.parametrize(
    ("n", "ru"),
    [
        (1, "1 номер ждёт"),
        (2, "2 номера ждут"),
        (5, "5 номеров"),
        (11, "11 номеров"),
        (21, "21 номер ждёт"),
        (22, "22 номера ждут"),
        (25, "25 номеров"),
        (111, "111 номеров"),
    ],
)
def test_plurals(n: int, ru: str) -> None:
    """A count takes the form that the language wants."""
    sentences = ("{n} number needs you", "{n} numbers need you")
    assert Speech.of("ru").count(*sentences, n).startswith(ru)
    assert Speech.of("zh").count(*sentences, n) == f"有 {n} 个号码需要处理"
    assert Speech.of("en").count(*sentences, n).startswith(f"{n} number{'' if n == 1 else 's'} ")


def test_unknown_domain_speaks_english() -> None:
    """A domain without a file says the key itself."""
    assert translations("ru", "nothing").ugettext("Fee") == "Fee"


def test_values_are_not_read_as_holes() -> None:
    """Braces in a value stay as they are."""
    assert Speech.of("en").say("{name}: {fact}", name="{fact}", fact="x") == "{fact}: x"


def test_chinese_spacing() -> None:
    """A Latin value is parted from Chinese by a space, a Chinese value is not."""
    speech = Speech.of("zh")
    said = [speech.say("{operator}’s own site:", operator=name) for name in ("MTS", "运营商")]
    assert said == ["MTS 官方网站：", "运营商官方网站："]
