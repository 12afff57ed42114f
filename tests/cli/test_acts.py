"""What the action links do, typed."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Command, day


@pytest.fixture
def mum(anna: Command) -> Command:
    """Anna with one line, whose fee is not covered."""
    fee = ("--operator", "mts", "--fee", "300", "--every", "month", "--balance", "100")
    assert anna("add", "+79161234567", "--renews-on", day(8), "--label", "Mum", *fee).code == 0
    return anna


def test_topped_up_and_undone(mum: Command) -> None:
    """A top-up covers the fee; undo takes it back."""
    assert "short" not in mum("topped-up", "mum", "200").out
    assert "200.00 RUB short" in mum("undo", "mum").out


def test_balance(mum: Command) -> None:
    """A balance is entered, a negative one too; the answer says where the line stands."""
    assert "220.00 RUB short" in mum("balance", "mum", "80").out
    assert "305.00 RUB short" in mum("balance", "mum", "-5").out
    assert mum("balance", "mum").code == 1
    assert mum("balance", "mum", "--text", "?").code == 1


def test_balance_out_of_a_text(mum: Command) -> None:
    """An operator's answer is read and the part that was read is said; a doubtful one names what
    it may mean and changes nothing."""
    said = mum("balance", "mum", "--text", "Баланс: 80,00 р. Бонус 5 р.")
    assert said.code == 0
    assert "Read 80.00 RUB" in said.out
    assert "'80,00 р' (confidence: high)" in said.out
    assert "220.00 RUB short" in said.out
    doubtful = mum("balance", "mum", "--text", "Баланс - 12 р.")
    assert doubtful.code == 1
    assert "12.00 RUB, -12.00 RUB" in doubtful.err
    assert "220.00 RUB short" in mum("list").out


def test_stop_and_resume(mum: Command) -> None:
    """A stopped line says so, and speaks again once resumed."""
    assert "stopped" in mum("stop", "mum").out
    assert "short" in mum("resume", "mum").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("renewed", "mum"),
        ("used", "mum", "--on", day(-1)),
        ("acknowledge", "mum"),
        ("snooze", "mum", "--until", day(3)),
    ],
)
def test_acts_answer_the_line(mum: Command, arguments: tuple[str, ...]) -> None:
    """Each act is recorded and the line printed."""
    said = mum(*arguments)
    assert said.code == 0
    assert said.out.startswith("Mum (+79161234567): ")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("topped-up", "mum", "0"), "amount"),
        (("renewed", "mum", "--on", day(2)), "on"),
        (("snooze", "mum", "--until", day(0)), "until"),
    ],
)
def test_wrong_acts_name_the_field(mum: Command, arguments: tuple[str, ...], field: str) -> None:
    """A wrong field exits 1 and is named."""
    said = mum(*arguments)
    assert said.code == 1
    assert f"{field}:" in said.err


def test_a_top_up_that_may_not_count_asks_for_use(anna: Command) -> None:
    """Where a top-up alone is no use, the answer asks; said with the top-up, it is recorded."""
    watched = ("--operator", "megafon", "--last-active", day(-40))
    assert anna("add", "+79261234567", *watched, "--label", "Nan").code == 0
    before = json.loads(anna("--json", "show", "nan").out)["last_active_on"]
    said = anna("topped-up", "nan", "100").out
    assert "Did you also make a call or send a text?" in said
    assert json.loads(anna("--json", "show", "nan").out)["last_active_on"] == before
    assert "Did you" not in anna("topped-up", "nan", "100", "--used", "call").out
    assert json.loads(anna("--json", "show", "nan").out)["last_active_on"] == day(0)
    assert anna("used", "nan", "--kind", "pigeon").code == 1
    assert anna("used", "nan", "--kind", "sms").code == 0
