"""Promises about what guides say."""

from __future__ import annotations

from reminder.catalogue.claims import Verdict, load_claims


def test_claims_are_read_in_the_order_of_the_guides() -> None:
    """Each claim has a verdict and words in three languages."""
    claims = load_claims()
    assert [claim.id for claim in claims[:2]] == ["A1", "A2"]
    assert {claim.verdict for claim in claims} == set(Verdict)
    for claim in claims:
        for text in (claim.claim, claim.today):
            assert text.zh
            assert text.ru
            assert text.en
