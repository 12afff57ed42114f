"""Promises of reminder/storage/vault.py."""

from __future__ import annotations

import pytest

from reminder.errors import StorageError
from reminder.storage.vault import Vault


def test_what_is_sealed_opens_again(vault: Vault) -> None:
    """A sealed text shows nothing of what it holds, and opens to the same text."""
    sealed = vault.seal("https://example.org/ключ")
    assert "example" not in sealed
    assert vault.open(sealed) == "https://example.org/ключ"
    assert vault.seal("https://example.org/ключ") != sealed


@pytest.mark.parametrize("change", ["", "x"])
def test_another_key_or_a_changed_text_is_refused(vault: Vault, change: str) -> None:
    """Under another key, or when it was changed, nothing opens, and the error says what to do."""
    sealed = vault.seal("secret")
    other = Vault(b"another key") if not change else vault
    with pytest.raises(StorageError, match=r"put the old server\.key back"):
        other.open(change + sealed)


def test_prints_are_equal_for_equal_texts_under_one_key_only(vault: Vault) -> None:
    """A print finds the same text again; without the key nothing can be told from it."""
    assert vault.print("a") == vault.print("a")
    assert len({vault.print("a"), vault.print("b"), Vault(b"another key").print("a")}) == 3
