"""Mail kept on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.domain.delivery import EmailTarget, Receipt
from reminder.domain.ids import DeliveryId
from reminder.errors import NotFound, Refused, Unreachable
from reminder.transports.folder import FolderTransport, list_mails, load_mail
from tests.transports.samples import HEAD, NOW, message

ANNA = EmailTarget("anna@example.org")


async def test_a_mail_is_kept_and_read_again(tmp_path: Path) -> None:
    """What was sent is listed and opened with its headers, text and HTML."""
    folder = tmp_path / "deep" / "outbox"
    receipt = await FolderTransport(folder, HEAD).send(message(), ANNA, NOW)
    assert receipt == Receipt("kept")
    (kept,) = list_mails(folder)
    assert (kept.id, kept.to, kept.date) == ("dlv_06h0nphc00000001", "anna@example.org", NOW)
    assert kept.subject == "妈妈的号码：12月1日扣 300 卢布"
    opened = load_mail(folder, kept.id)
    assert opened.kept == kept
    assert ("Auto-Submitted", "auto-generated") in opened.headers
    assert opened.text == "余额 120.50 卢布。\n.点开头的一行\n"
    assert opened.html.strip() == "<p>余额 <b>120.50</b> 卢布。</p>"


async def test_nobody_else_may_read(tmp_path: Path) -> None:
    """The folder is open to this user alone, and so is each file; nothing half-written stays."""
    folder = tmp_path / "outbox"
    await FolderTransport(folder, HEAD).send(message(), ANNA, NOW)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [(file.name, file.stat().st_mode & 0o777) for file in folder.iterdir()] == [
        ("dlv_06h0nphc00000001.eml", 0o600)
    ]


async def test_a_repeat_changes_nothing(tmp_path: Path) -> None:
    """The same id is written once: a repeat leaves the file as it was."""
    transport = FolderTransport(tmp_path, HEAD)
    await transport.send(message(), ANNA, NOW)
    file = tmp_path / "dlv_06h0nphc00000001.eml"
    before = (file.read_bytes(), file.stat().st_ino)
    await transport.send(message(), ANNA, NOW)
    assert (file.read_bytes(), file.stat().st_ino) == before


async def test_the_newest_come_first(tmp_path: Path) -> None:
    """A list begins with the newest mail and ends at its limit."""
    transport = FolderTransport(tmp_path, HEAD)
    for number in (2, 1, 3):
        await transport.send(message(number), ANNA, NOW)
    assert [kept.id[-1] for kept in list_mails(tmp_path, limit=2)] == ["3", "2"]


async def test_a_wrong_address_is_refused(tmp_path: Path) -> None:
    """The folder is as strict as a mail server, so that a later one brings no surprise."""
    with pytest.raises(Refused):
        await FolderTransport(tmp_path, HEAD).send(message(), EmailTarget("a@b.c, d@e.f"), NOW)
    assert list_mails(tmp_path) == ()


async def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    """When the folder cannot be written the mail waits and is not lost."""
    file = tmp_path / "outbox"
    file.write_text("in the way")
    with pytest.raises(Unreachable):
        await FolderTransport(file, HEAD).send(message(), ANNA, NOW)
    assert list_mails(file) == ()


@pytest.mark.parametrize("identity", ["dlv_0", "../secret", "", ".", "dlv_0/../secret", "DLV_0"])
async def test_no_other_file_is_read(tmp_path: Path, identity: str) -> None:
    """Only a mail's id opens a file; a path never does."""
    folder = tmp_path / "outbox"
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("To: a@b.c\n\nsecret")
    with pytest.raises(NotFound):
        load_mail(folder, identity)


async def test_no_id_names_another_place(tmp_path: Path) -> None:
    """A message whose id is no id is never written."""
    with pytest.raises(Refused):
        await FolderTransport(tmp_path, HEAD).send(message(id=DeliveryId("../x")), ANNA, NOW)


async def test_no_folder_is_an_empty_list(tmp_path: Path) -> None:
    """Before the first mail there is nothing to show."""
    assert list_mails(tmp_path / "outbox") == ()
