"""channel add, list, test, remove."""

from __future__ import annotations

from tests.cli.conftest import ANNA, Command

HOOK = "https://hooks.example.org/bot/s3cret"


def test_a_webhook_prints_its_secret(anna: Command) -> None:
    """The signing secret stands alone on the last line, and the list never shows it."""
    said = anna("channel", "add", "webhook", HOOK, "--label", "Home")
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("whsec_")
    listed = anna("channel", "list").out
    assert ANNA in listed
    assert "s3cret" not in listed
    assert "whsec_" not in listed


def test_test_and_remove_take_id_address_or_label(anna: Command) -> None:
    """A channel is meant by id, address or label."""
    anna("channel", "add", "email", "second@example.org", "--label", "Work")
    said = anna("channel", "test", "work")
    assert (said.code, "dlv_" in said.out) == (0, True)
    assert anna("channel", "test", ANNA).code == 0
    assert anna("channel", "remove", "second@example.org").code == 0
    assert anna("channel", "remove", "work").code == 1


def test_wrong_channels_are_refused(anna: Command) -> None:
    """An address that cannot be is refused and its field named."""
    assert "address:" in anna("channel", "add", "email", "nobody").err
    assert "url:" in anna("channel", "add", "webhook", "http://127.0.0.1:1/x").err


def test_a_chat_is_added(anna: Command) -> None:
    """A chat is added by its format; no secret is printed and none of its address is listed."""
    url = "https://api.telegram.org/bot1:s3cret/sendMessage?chat_id=1"
    said = anna("channel", "add", "webhook", url, "--format", "telegram", "--label", "Me")
    assert said.code == 0
    assert "secret" not in said.out
    assert "s3cret" not in anna("channel", "list").out
    wrong = anna("channel", "add", "webhook", "https://ntfy.sh/", "--format", "ntfy")
    assert (wrong.code, "Write the address so: https://ntfy.sh/" in wrong.err) == (1, True)
    assert "format:" in anna("channel", "add", "webhook", url, "--format", "morse").err
