"""The pages' own catalogue of words, and how sentences that stand in tables are marked for it."""

from __future__ import annotations

DOMAIN = "pages"


def mark(sentence: str) -> str:
    """Return the sentence as it is: it stands in a table and is looked up when it is shown."""
    return sentence
