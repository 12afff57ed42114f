"""What the words around a sum say it is."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.domain.intake.marks import plain, scan
from reminder.domain.intake.roles import Role, role_of
from reminder.domain.intake.sums import Said, sums_of

M, W, X, N, U = Role.MAIN, Role.WEAK, Role.OTHER, Role.NONE, Role.UNSURE


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Баланс 5 р", [M]),
        ("5 р на счёте", [M]),
        ("Осталось 5 р", [W]),
        ("Бонус 5 р", [X]),
        ("Бонусный баланс 5 р", [X]),
        ("Баланс 5 р, бонус 6 р", [M, X]),
        ("Баланс 5 р бонус 6 р", [M, X]),
        ("Баланс 5 р бонусами", [U]),
        ("Баланс 5 р/мес", [X]),
        ("Баланс 5 р ежемесячно", [X]),
        ("Balance $5 monthly", [X]),
        ("Баланс, руб. (основной): 5", [M]),
        ("Баланс, бонус (основной): 5", [X]),
        ("Баланс после списания 5 р", [M]),
        ("Пополните баланс на 5 р", [X]),
        ("Возвращено 5 р на баланс", [X]),
        ("Баланс 5 USD / 6 RUB", [M, M]),
        ("Баланс 5 карт", [U]),
        ("Осталось 5", [N]),
        ("Баланс\n5", [N]),
        ("Баланс\n5 р", [M]),
        ("You used $4 of your $20 balance", [X, N]),
        ("5 р", [N]),
    ],
)
def test_roles(text: str, roles: list[Role]) -> None:
    """The words of its clause say what a sum is; another sum's word outweighs a balance's."""
    bare = plain(text)
    said, sums = sums_of(Said(bare, scan(bare, date(2026, 11, 22))))
    assert [role_of(said, sums, n) for n in range(len(sums))] == roles
