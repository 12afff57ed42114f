"""The catalogues of words against the sentences in the code: ``make locale``.

``--write`` adds what is missing, empty, and takes out what nobody says any more.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract

from reminder.rendering.translation import DOMAIN

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "reminder" / "rendering" / "locale"
FORMS = {"ru": 3, "zh": 1}
# A translation that leaves a value out on purpose: DESIGN section 16, "subject, the day".
LEAVES_OUT = {("ru", "{fee} is charged today, {short} short"): {"fee"}}
TAG = re.compile(r"</?\w+")
Keywords = dict[str, tuple[int, ...] | None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the sentences of a catalogue stand, by pattern and way to read them, and how they are
    called."""

    folder: Path
    patterns: tuple[tuple[str, str], ...]
    keywords: Keywords


SOURCES = {
    DOMAIN: Source(
        ROOT / "reminder" / "rendering",
        (("**/*.py", "python"),),
        {"say": None, "count": (1, 2)},
    ),
    "pages": Source(
        ROOT / "reminder" / "web",
        (("**/*.py", "python"), ("templates/**/*.html", "jinja2.ext:babel_extract")),
        {"t": None, "n": (1, 2), "mark": None},
    ),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in the code: where it stands first, and its plural, ``""`` where it has none."""

    key: str
    plural: str
    place: str


def sentences(domain: str) -> dict[str, Sentence]:
    """Every sentence that a part of the service says."""
    source = SOURCES[domain]
    found: dict[str, Sentence] = {}
    for pattern, method in source.patterns:
        for path in sorted(source.folder.glob(pattern)):
            with path.open("rb") as opened:
                for line, said, _, _ in extract(method, opened, keywords=source.keywords):
                    key, plural = (said, "") if isinstance(said, str) else (said[0], said[1])
                    place = f"{path.relative_to(ROOT).as_posix()}:{line}"
                    found.setdefault(key, Sentence(key, plural, place))
    return found


def holes(sentence: str) -> set[str]:
    """The names that a sentence is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def path_of(domain: str, language: str) -> Path:
    """The catalogue of a domain in a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def faults(domain: str, language: str, text: str | None = None) -> list[str]:
    """What is wrong with a catalogue, one sentence each; ``text`` stands for the file's own."""
    said = sentences(domain)
    try:
        catalogue = polib.pofile(
            text or str(path_of(domain, language)), check_for_duplicates=True, wrapwidth=100
        )
    except (OSError, ValueError, UnicodeError) as error:
        return [f"{domain}.{language}: {error}"]
    known = {entry.msgid: entry for entry in catalogue}
    found = [
        f"{one.place}: {language} lacks {one.key!r}"
        for one in said.values()
        if one.key not in known
    ]
    found += [f"{domain}.{language}: nobody says {key!r}" for key in known if key not in said]
    count = f"nplurals={FORMS[language]};"
    if count not in catalogue.metadata.get("Plural-Forms", ""):
        found.append(f"{domain}.{language}: Plural-Forms does not say {count}")
    for key in known.keys() & said.keys():
        found += [
            f"{domain}.{language}: {why}: {key!r}"
            for why in _wrong(language, known[key], said[key])
        ]
    return sorted(found)


def _wrong(language: str, entry: Any, said: Sentence) -> Iterator[str]:
    """What is wrong with one entry; polib has no types."""
    if entry.obsolete or "fuzzy" in entry.flags:
        yield "fuzzy or obsolete"
    if (entry.msgid_plural or "") != said.plural:
        yield "another plural"
    forms = [*entry.msgstr_plural.values()] if said.plural else [entry.msgstr]
    if said.plural and len(forms) != FORMS[language]:
        yield f"{len(forms)} plural forms, not {FORMS[language]}"
    if not all(form.strip() for form in forms):
        yield "not translated"
        return
    model = said.plural or said.key
    spare = LEAVES_OUT.get((language, said.key), {"n"} if said.plural else set())
    if any(not holes(model) - spare <= holes(form) <= holes(model) for form in forms):
        yield "other names in braces"
    if any(sorted(TAG.findall(form)) != sorted(TAG.findall(model)) for form in forms):
        yield "other tags"
    if any(_edges(form) != _edges(model) for form in forms):
        yield "other space around it"


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def write(domain: str, language: str) -> None:
    """Add what is missing, empty, and take out what is unused; what stands stays as it stands."""
    path, said = path_of(domain, language), sentences(domain)
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    known = {entry.msgid for entry in polib.pofile(str(path))}
    kept = [block for block in blocks if not _is_unused(block, said)]
    for one in said.values():
        if one.key not in known:
            entry = polib.POEntry(msgid=one.key, occurrences=[])
            if one.plural:
                entry.msgid_plural = one.plural
                entry.msgstr_plural = dict.fromkeys(range(FORMS[language]), "")
            kept.append(str(entry).rstrip("\n"))
    path.write_text("\n\n".join(kept) + "\n", encoding="utf-8")


def _is_unused(block: str, said: dict[str, Sentence]) -> bool:
    entries = [entry for entry in polib.pofile(block + "\n") if entry.msgid]
    return bool(entries) and all(entry.msgid not in said for entry in entries)


def main(options: list[str]) -> int:
    """Check every catalogue, after writing them if asked to; 1 if something is wrong."""
    found = []
    for domain in SOURCES:
        for language in FORMS:
            if "--write" in options:
                write(domain, language)
            found += faults(domain, language)
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    count = sum(len(sentences(domain)) for domain in SOURCES)
    sys.stdout.write(f"{count} sentences, {len(FORMS)} languages, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
