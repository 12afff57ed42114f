"""The planted defects stay defects of the code that is there: `make mutants` takes minutes."""

from __future__ import annotations

import ast

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant, planted


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_defect_can_be_planted(mutant: Mutant) -> None:
    """What it replaces stands in its file once, what comes of it is Python that says something
    else, and the tests that must see it are there."""
    right = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(planted(mutant, right))) != ast.dump(ast.parse(right))
    for file, _, name in (test.partition("::") for test in mutant.seen_by if "/" in test):
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")


def test_a_defect_whose_place_is_gone_is_named() -> None:
    """It says which, and where it stood."""
    with pytest.raises(ValueError, match=f"{MUTANTS[0].name}: no longer in {MUTANTS[0].file}"):
        planted(MUTANTS[0], "")
