"""The pages' words: every sentence in every language, with the same places for values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract

from reminder import web
from reminder.rendering import translation

SOURCE = Path(web.__file__).parent
WORDS = Path(translation.__file__).parent / "locale"
CALLS = {"t": None, "n": (1, 2), "mark": None}


def sentences() -> Iterator[str]:
    """Every sentence that the pages say, the singular of those that count."""
    for pattern, method in (("*.py", "python"), ("templates/*.html", "jinja2.ext:babel_extract")):
        for file in SOURCE.glob(pattern):
            with file.open("rb") as opened:
                for _, found, _, _ in extract(method, opened, keywords=CALLS):
                    yield found if isinstance(found, str) else found[0]


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_sentence_is_translated(language: str) -> None:
    """No page shows English to who reads another language; values have their places in each."""
    catalogue = polib.pofile(str(WORDS / language / "LC_MESSAGES" / "pages.po"))
    known = {entry.msgid: entry for entry in catalogue}
    spoken = set(sentences())
    assert len(spoken) > 400
    assert spoken <= set(known), spoken - set(known)
    for sentence in spoken:
        entry = known[sentence]
        said = list(entry.msgstr_plural.values()) or [entry.msgstr]
        for one in said:
            assert one
            assert set(re.findall(r"\{\w+\}|<\w+", one)) == set(
                re.findall(r"\{\w+\}|<\w+", sentence)
            )


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_no_translation_is_left_over(language: str) -> None:
    """What no page says any more is not translated either."""
    catalogue = polib.pofile(str(WORDS / language / "LC_MESSAGES" / "pages.po"))
    assert {entry.msgid for entry in catalogue} <= set(sentences())
