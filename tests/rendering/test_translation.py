"""The catalogues are whole, and their sentences hold the same values."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.rendering.translation import Speech, translations
from tests import words


@pytest.mark.parametrize("language", sorted(words.FORMS))
@pytest.mark.parametrize("domain", sorted(words.SOURCES))
def test_catalogue_is_whole(domain: str, language: str) -> None:
    """Every sentence is translated with its own values, each once, and none is left over."""
    assert len(words.sentences(domain)) > 100
    assert words.faults(domain, language) == []


HEAD = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals={count}; plural=0;\\n"

"""


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('msgid "Nobody says this"\nmsgstr "x"', "nobody says 'Nobody says this'"),
        ('msgid "Fee"\nmsgstr ""', "not translated: 'Fee'"),
        ('#, fuzzy\nmsgid "Fee"\nmsgstr "x"', "fuzzy or obsolete: 'Fee'"),
        ('msgid "{short} short"\nmsgstr "x"', "other names in braces: '{short} short'"),
        ('msgid "{short} short"\nmsgstr "{short} {more}"', "other names in braces"),
        ('msgid "Fee"\nmsgstr " x"', "other space around it: 'Fee'"),
        ('msgid "Fee"\nmsgstr "<b>x</b>"', "other tags: 'Fee'"),
        ('msgid "Fee"\nmsgstr "x"\n\nmsgid "Fee"\nmsgstr "y"', "already exists"),
        (
            'msgid "{n} number needs you"\nmsgid_plural "{n} numbers need you"\nmsgstr[0] "{n}"',
            "1 plural forms, not 3",
        ),
        ('msgid "{n} number needs you"\nmsgstr "{n}"', "another plural"),
    ],
)
def test_faults_are_found(entry: str, why: str) -> None:
    """What is unused, empty, unsure, doubled, or has other values, tags or plurals is a fault."""
    found = words.faults("reminder", "ru", HEAD.format(count=3) + entry + "\n")
    assert any(why in fault for fault in found), found[-3:]
    assert why == "already exists" or any("ru lacks" in fault for fault in found)


def test_the_rule_of_plurals_is_the_languages() -> None:
    """A catalogue names as many plural forms as its language has."""
    found = words.faults("reminder", "ru", HEAD.format(count=2))
    assert "reminder.ru: Plural-Forms does not say nplurals=3;" in found


def test_writing_adds_and_takes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``make locale ARGS=--write`` adds what is missing, empty, takes out what is unused, and
    leaves the rest as it stands."""
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    path = words.path_of("reminder", "ru")
    path.parent.mkdir(parents=True)
    kept = '# A comment\nmsgid "Fee"\nmsgstr "Списание"'
    path.write_text(HEAD.format(count=3) + kept + '\n\nmsgid "Gone"\nmsgstr "x"\n', "utf-8")
    words.write("reminder", "ru")
    written = path.read_text(encoding="utf-8")
    assert kept in written
    assert "Gone" not in written
    assert {fault.split(": ")[1] for fault in words.faults("reminder", "ru")} == {"not translated"}


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
