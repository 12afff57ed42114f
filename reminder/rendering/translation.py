"""The catalogues of words: gettext sources in ``locale/``, English being the key.

The ``.po`` files are read as they are and kept in memory, so no compiled file is built or stored.
Every part of the service that speaks has a domain of its own: ``reminder`` for messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from reminder.rendering.display import language_of

DOMAIN = "reminder"
_CHINESE = re.compile("[\u4e00-\u9fff\uff09]")


@lru_cache(maxsize=64)
def translations(language: str, domain: str = DOMAIN) -> NullTranslations:
    """The words of a domain in a language; English, which is the key, for one without a file."""
    spoken = language_of(language)
    source = files("reminder.rendering") / "locale" / spoken / "LC_MESSAGES" / f"{domain}.po"
    if not source.is_file():
        return NullTranslations()
    with source.open("rb") as opened:
        catalogue = read_po(opened, locale=spoken, domain=domain)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=domain)


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, speaking: it looks a sentence up and puts the values in."""

    language: str
    words: NullTranslations
    _said: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @staticmethod
    @lru_cache(maxsize=64)
    def of(language: str, domain: str = DOMAIN) -> Speech:
        """Speak a language (``en``, ``ru``, ``zh``) with the words of a domain."""
        return Speech(language_of(language), translations(language, domain))

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in this language; ``values`` fill its ``{names}``."""
        if not values:
            return self._said.get(sentence) or self._say_first(sentence)
        return self.fitted(self.words.ugettext(sentence), values).format(**values)

    def _say_first(self, sentence: str) -> str:
        return self._said.setdefault(sentence, self.words.ugettext(sentence).format())

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence in the form that ``n`` needs; ``{n}`` is the number."""
        text = self.words.ungettext(one, many, n)
        return self.fitted(text, {"n": n, **values}).format(n=n, **values)

    def fitted(self, sentence: str, values: Mapping[str, object]) -> str:
        """The sentence, made ready for its values. In Chinese, the space that parts a Latin value
        from the words around it falls away where the value is Chinese on that side."""
        if self.language != "zh":
            return sentence
        edges = []
        for name, value in values.items():
            shown = str(value)
            edges.append((name, _is_chinese(shown[:1]), _is_chinese(shown[-1:])))
        return _fitted(sentence, tuple(edges))


@lru_cache(maxsize=256)
def _is_chinese(sign: str) -> bool:
    return _CHINESE.match(sign) is not None


@lru_cache(maxsize=2048)
def _fitted(sentence: str, edges: tuple[tuple[str, bool, bool], ...]) -> str:
    """A sentence for values that begin and end with Chinese signs or not; a sentence is mostly
    said with values of the same kind."""
    for name, begins, ends in edges:
        hole = re.escape(f"{{{name}}}")
        if ends:
            sentence = re.sub(f"({hole}) (?={_CHINESE.pattern})", r"\1", sentence)
        if begins:
            sentence = re.sub(f"(?<={_CHINESE.pattern}) ({hole})", r"\1", sentence)
    return sentence
