"""A mail laid between what was printed before is the mail that the templates print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes

from reminder.domain.delivery import Message
from reminder.rendering import messages
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.skeleton import LARGEST, MOST, Skeletons, Values, read
from reminder.rendering.templating import Press, Templates, shipped_names, shipped_press
from tests.rendering.notices import LANGUAGES, cases, head

MAILS = sorted(name for name in shipped_names() if "/" not in name)
TELLING_APART = (nodes.Filter, nodes.Call, nodes.BinExpr, nodes.Test, nodes.Concat)
MESSAGES: dict[str, Callable[[Letterhead], Message]] = {
    **{
        name: lambda head, one=notice: messages.reminder_message(head, [one])  # type: ignore[misc]
        for name, notice in cases().items()
    },
    **{
        f"the first {count}": lambda head, n=count: messages.reminder_message(  # type: ignore[misc]
            head, list(cases().values())[:n]
        )
        for count in (2, 4, 6, len(cases()))
    },
    "second": lambda head: messages.second_message(head, list(cases().values()), "a<b>&'c\""),
    "test": messages.test_message,
    "heartbeat": messages.heartbeat_message,
    "confirmation": lambda head: messages.confirmation_message(head, "https://x.example/?a=1&b=2"),
    "failing": lambda head: messages.failing_message(head, "<b>\x00&amp;", "gone"),
}


@pytest.mark.parametrize("name", MAILS)
def test_our_templates_only_print_and_ask_for_presence(name: str) -> None:
    """In a template of a mail stands no filter, call, sum or test, and no comparison but of a
    loop's own count: anything else could tell values of one shape apart."""
    environment = shipped_press().environment
    assert environment.loader is not None
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    for kind in TELLING_APART:
        assert not list(tree.find_all(kind)), kind
    for compared in tree.find_all(nodes.Compare):
        assert isinstance(compared.expr, nodes.Getattr)
        assert isinstance(compared.expr.node, nodes.Name)
        assert compared.expr.node.name == "loop"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_mail_is_what_the_templates_print(name: str, language: str) -> None:
    """Each message, sign by sign, is what the templates print of it: the first of its shape and
    the next."""
    usual = head(language, *cases().values())
    anew = replace(usual, templates=Templates(_press=Press(shipped_press().environment)))
    for _turn in range(2):
        assert MESSAGES[name](usual) == MESSAGES[name](anew)


@dataclass(frozen=True, slots=True)
class Pair:
    """Values that may be missing, and several."""

    one: str | None
    other: str | None
    more: tuple[str, ...]


def plainly(name: str, values: Values) -> str:
    """A template that prints every pair, and says which is empty."""
    pairs = values["pairs"]
    assert isinstance(pairs, list)
    said = "".join(f"[{each.one}|{each.other}|{'.'.join(each.more)}]" for each in pairs)
    return f"{name}: {said} {values['count'] or 'no'}"


words = st.text(max_size=2)
pairs = st.lists(
    st.builds(Pair, st.none() | words, st.none() | words, st.lists(words, max_size=2).map(tuple)),
    max_size=3,
)


@given(st.lists(st.tuples(pairs, st.integers(0, 3)), max_size=9))
def test_shapes_are_told_apart(many: list[tuple[list[Pair], int]]) -> None:
    """Whatever is empty, missing or more in number is never laid into another's skeleton."""
    skeletons = Skeletons(plainly)
    for some, count in many:
        values: Values = {"pairs": some, "count": count}
        assert skeletons.print(["a.txt"], values) == [plainly("a.txt", values)]


def test_long_lists_are_printed_anew() -> None:
    """What has more values than a skeleton is worth is printed as it is; and so many shapes are
    kept, not more."""
    printed = []

    def print_it(name: str, values: Values) -> str:
        printed.append(name)
        return plainly(name, values)

    skeletons = Skeletons(print_it)
    long: Values = {"pairs": [Pair("a", "b", ())] * LARGEST, "count": 0}
    assert len(read(long)[0]) > LARGEST
    for _turn in range(2):
        assert skeletons.print(["a.txt"], long) == [plainly("a.txt", long)]
    assert len(printed) == 2
    for number in range(2 * MOST):
        skeletons.print([f"{number}.txt"], {"pairs": [], "count": 1})
    assert len(skeletons) <= MOST
