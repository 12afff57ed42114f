"""Seal with another key what lies sealed in the database: channels, and letters on their way."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reminder.errors import StorageError
from reminder.storage.tables import ChannelRow, DeliveryRow
from reminder.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many channels and letters have the new key, and how many the old one did not open."""

    channels: int = 0
    letters: int = 0
    unreadable: int = 0


def reseal(session: Session, old: Vault, new: Vault) -> Resealed:
    """Open everything with the old key and seal it with the new. What the old key does not open
    stays as it is: it was lost before."""
    channels = letters = unreadable = 0
    for channel in session.exec(select(ChannelRow)):
        try:
            target = old.open(channel.target)
            secrets = new.seal(old.open(channel.secrets)) if channel.secrets else ""
        except StorageError:
            unreadable += 1
            continue
        channel.target, channel.secrets = new.seal(target), secrets
        channel.print = new.print(f"{channel.kind}|{channel.format}|{target}")
        session.add(channel)
        channels += 1
    for letter in session.exec(select(DeliveryRow).where(col(DeliveryRow.body) != "")):
        try:
            letter.body = new.seal(old.open(letter.body))
        except StorageError:
            unreadable += 1
            continue
        session.add(letter)
        letters += 1
    session.flush()
    return Resealed(channels, letters, unreadable)
