"""A frozen dataclass that is made quickly is one like any other."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from reminder.domain.quick import Copier, quick


@quick
@dataclass(frozen=True, slots=True)
class _Pair:
    first: int
    second: str = "-"


def test_it_is_made_as_any_other() -> None:
    """By place, by name, by default, and out of another one."""
    assert _Pair(1, "a") == _Pair(second="a", first=1) == replace(_Pair(2, "a"), first=1)
    assert _Pair(1).second == "-"
    assert hash(_Pair(1)) == hash(_Pair(1))
    assert repr(_Pair(1)) == "_Pair(first=1, second='-')"
    assert _Pair.__init__.__annotations__ == {"first": "int", "second": "str", "return": None}


def test_it_stays_as_it_was_made() -> None:
    """Nothing of it is changed, nothing is forgotten, nothing is too much."""
    with pytest.raises(FrozenInstanceError):
        _Pair(1).first = 2  # type: ignore[misc]  # that is what is tried
    with pytest.raises(TypeError):
        _Pair()  # type: ignore[call-arg]  # that is what is tried
    with pytest.raises(TypeError):
        _Pair(1, "a", "b")  # type: ignore[call-arg]  # that is what is tried


def test_a_copy_differs_by_what_was_named() -> None:
    """As ``dataclasses.replace`` would have it; a name that is no field is refused."""
    copy, one = Copier(_Pair), _Pair(1, "a")
    assert copy(one, {"second": "b"}) == replace(one, second="b")
    assert copy(one, {}) == one
    with pytest.raises(KeyError):
        copy(one, {"third": 3})


@dataclass(frozen=True, slots=True)
class _Checked:
    first: int

    def __post_init__(self) -> None:
        """Refuse what is wrong."""


@quick
@dataclass(frozen=True, slots=True)
class _Made:
    first: list[int] = field(default_factory=list)


def test_one_that_checks_its_fields_is_refused() -> None:
    """It would no longer do so."""
    with pytest.raises(TypeError, match="does more when it is made"):
        quick(_Checked)


def test_what_a_field_is_made_of_is_made_anew_each_time() -> None:
    """Two values never share a list that neither was given."""
    one, other, given = _Made(), _Made(), [1]
    assert one == other == _Made([])
    assert one.first is not other.first
    assert _Made(given).first is given
