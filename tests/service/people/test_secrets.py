"""Promises of reminder/service/people/secrets.py."""

from __future__ import annotations

from reminder.app import App
from reminder.service.people.secrets import SECRET_BYTES, digest, fresh


async def test_a_secret_is_long_and_never_the_same(app: App) -> None:
    """Each secret holds 192 random bits and fits in a URL."""
    made = await app.read(lambda work: {fresh(work) for _ in range(200)})
    assert len(made) == 200
    assert SECRET_BYTES * 8 == 192
    assert all(set(one) <= set("-_=") | set(map(chr, range(48, 123))) for one in made)


def test_a_digest_tells_nothing_and_takes_any_text() -> None:
    """Any text has a digest of one length, even one that is no Unicode."""
    assert digest("a") != digest("b")
    assert {len(digest(text)) for text in ("", "a", "\udc80", "x" * 9999)} == {64}
