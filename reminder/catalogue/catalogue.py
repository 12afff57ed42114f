"""Looking an operator up: by id, by any of its names, or, as a hint only, by a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reminder.catalogue.claims import Claim
from reminder.catalogue.country import COUNTRIES, Country, country_of
from reminder.catalogue.fact import Confidence, Text
from reminder.catalogue.operator import Operator
from reminder.catalogue.values import Kind
from reminder.errors import NotFound

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Guess:
    """The operator that a number's first digits were first given to.

    Numbers move between operators, so the confidence is always *low* and the owner chooses.
    """

    operator_id: str
    reason: Text
    confidence: Confidence = Confidence.LOW


class Catalogue:
    """All known operators; made once at the start and never changed. ``faults`` says, a sentence
    each, which of the site's own files are broken and left out; ``claims`` what guides say."""

    __slots__ = ("_operators", "_starts", "claims", "faults")

    def __init__(
        self,
        operators: Iterable[Operator],
        faults: Iterable[str] = (),
        claims: Iterable[Claim] = (),
    ) -> None:
        self.faults = tuple(faults)
        self.claims = tuple(claims)
        ordered = sorted(operators, key=_place_in_list)
        self._operators = {operator.id: operator for operator in ordered}
        self._starts = {
            start: operator
            for operator in ordered
            for start in (operator.prefixes.value if operator.prefixes else ())
        }

    def get(self, operator_id: str | None) -> Operator:
        """The operator of an id; None is ``other`` (rule 21).

        Raises:
            NotFound: no such operator; the sentence lists those that exist.
        """
        found = self._operators.get(operator_id or OTHER)
        if found is None:
            known = ", ".join(self._operators)
            raise NotFound(f"There is no operator {operator_id!r}. Known are: {known}.")
        return found

    def called(self, text: str) -> Operator:
        """The operator of an id or, in capitals or not, of a name that no other has: ``МТС``.
        Raises NotFound as :meth:`get` does."""
        if text not in self._operators:
            same = [o for o in self.all() if _rank(o, text.casefold()) == 0]
            if len(same) == 1:
                return same[0]
        return self.get(text)

    def of_line(self, operator_id: str) -> Operator:
        """The operator of a line that is kept. One that the catalogue no longer knows, as when a
        site's file was taken away, is ``other`` under the name of its id."""
        found = self._operators.get(operator_id)
        if found is not None:
            return found
        names = Text(zh=operator_id, ru=operator_id, en=operator_id)
        return replace(self._operators[OTHER], names=names)

    def all(self) -> tuple[Operator, ...]:
        """Every operator: Russia first, the larger first, ``other`` at the end."""
        return tuple(self._operators.values())

    def find(self, text: str = "", country: str = "") -> tuple[Operator, ...]:
        """Operators with ``text`` in the id or in a present or former name, best first, of a
        country by its ISO code in any case. ``""`` finds all.
        """
        wanted = " ".join(text.split()).casefold()
        inside = [o for o in self.all() if not country or o.country == country.upper()]
        ranked = [(_rank(operator, wanted), operator) for operator in inside]
        found = [pair for pair in ranked if pair[0] < _NO_MATCH]
        return tuple(operator for _, operator in sorted(found, key=lambda pair: pair[0]))

    def guess(self, e164: str) -> Guess | None:
        """Guess the operator from the first digits of ``+79161234567``; a hint and no more."""
        if not e164.startswith("+"):
            return None
        digits = e164[1:]
        starts = (digits[:length] for length in range(len(digits), 1, -1))
        start = next((start for start in starts if start in self._starts), None)
        if start is None:
            return None
        operator = self._starts[start]
        return Guess(operator.id, _reason(start, operator))

    @property
    def countries(self) -> tuple[Country, ...]:
        """The known countries, those of which an operator stands in the catalogue."""
        present = {operator.country for operator in self._operators.values()}
        return tuple(country for country in COUNTRIES if country.code in present)


_NO_MATCH = 3


def _names(operator: Operator) -> Iterator[str]:
    yield operator.id
    yield from (operator.names.zh, operator.names.ru, operator.names.en)
    yield from operator.former_names
    yield from operator.also_called


def _rank(operator: Operator, wanted: str) -> int:
    """0: a name is it; 1: a name begins with it; 2: a name holds it; 3: none does."""
    names = [name.casefold() for name in _names(operator)]
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else _NO_MATCH


def _place_in_list(operator: Operator) -> tuple[bool, int, int, str]:
    codes = [country.code for country in COUNTRIES]
    country = codes.index(operator.country) if operator.country in codes else len(codes)
    return operator.kind is Kind.OTHER, country, operator.order, operator.id


def _reason(start: str, operator: Operator) -> Text:
    country = country_of(operator.country)
    national = start.removeprefix(country.calling_code) if country else f"+{start}"
    names = operator.names
    return Text(
        zh=f"{national} 开头的号码最初分给 {names.zh}，但用户可以携号转到其他运营商。",
        ru=f"Номера на {national} первоначально выданы оператору {names.ru}, "
        "но номер можно перенести к другому.",
        en=f"Numbers starting {national} were first given to {names.en}, "
        "but people can take a number to another operator.",
    )
