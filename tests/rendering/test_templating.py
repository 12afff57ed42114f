"""A site's own templates stand before the shipped ones, in a sandbox, and lose no message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reminder.domain.delivery import Format
from reminder.rendering import messages
from reminder.rendering.templating import (
    SHIPPED,
    BadTemplate,
    Own,
    Templates,
    shipped_names,
    shipped_press,
)
from tests.rendering.notices import LANGUAGES, cases, head, labelled


def own(**sources: str) -> Templates:
    """Templates with these of the site's own: ``reminder_txt`` stands for ``reminder.txt.j2``."""
    named = {f"{name.replace('_', '.')}.j2": source for name, source in sources.items()}
    return Templates.with_own({n: Own(Path(f"/own/{n}"), s) for n, s in named.items()})


def text_of(templates: Templates) -> str:
    """The text of a mail about one line, printed with these."""
    one = cases()["short"]
    return messages.reminder_message(replace(head("en", one), templates=templates), [one]).text


def test_own_before_shipped() -> None:
    """What the site wrote is what is sent; the other part stays the shipped one."""
    assert text_of(own(reminder_txt="Dear all: {{ blocks[0].heading }}")).startswith(
        "Dear all: Top"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ nothing }}",
        "{{ blocks.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ blocks[0].heading.format(blocks) }}",
        "{{ frame.__init__.__globals__ }}",
        "{{ frame['__class__'] }}",
        "{{ blocks[0] | attr('__class__') }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__ }}",
        "{% for i in range(9) %}{% endfor %}",
        "{% for i in blocks %}{{ loop.__class__ }}{% endfor %}",
        "{{ 'a' * 9 }}",
        "{{ 2 ** 9 }}",
        "{{ '%9d' % 1 }}",
        "{{ blocks | batch(9) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% if %}",
        "{{ blocks[99].heading }}",
    ],
)
def test_what_breaks_is_left_aside(source: str) -> None:
    """No hostile or broken template is printed, and the shipped one is sent instead."""
    assert text_of(own(reminder_txt=source)) == text_of(SHIPPED)
    with pytest.raises(Exception, match=r".+"):
        text_of(replace(own(reminder_txt=source), strict=True))


def test_growth_is_bounded() -> None:
    """A template that prints and prints breaks before it fills the memory."""
    long = "{% for a in blocks[0].rows %}" * 6 + "{{ frame.safety }}" * 40 + "{% endfor %}" * 6
    with pytest.raises(BadTemplate, match="prints more than"):
        text_of(replace(own(reminder_txt=long), strict=True))


def test_both_parts_fall_back_together() -> None:
    """Where one part breaks, both are the shipped ones: text and HTML say the same."""
    one = cases()["short"]
    broken = own(reminder_html="{{ nothing }}", reminder_txt="Fine")
    with_broken = messages.reminder_message(replace(head("en", one), templates=broken), [one])
    assert with_broken == messages.reminder_message(head("en", one), [one])


def test_labels_stay_out_of_own_html() -> None:
    """In a template of the site's own, too, values are escaped, and no filter lets them through."""
    one = cases()["short"]
    hard = replace(one, line=replace(one.line, label="<script>x</script>"))
    for source in ("{{ blocks[0].title }}", "{{ blocks[0].title | safe }}"):
        about = replace(head("en", hard), templates=own(reminder_html=source))
        assert "<script" not in messages.reminder_message(about, [hard]).html


@pytest.mark.parametrize("source", ['{"text": "{{ chat.title }}', '{"text": {{ chat.title }}}'])
def test_own_chat_that_is_no_json(source: str) -> None:
    """A chat template that prints no JSON is left aside."""
    one = cases()["short"]
    name = "chats/telegram.json.j2"
    broken = Templates.with_own({name: Own(Path("/own/x"), source)})
    about = replace(head("en", one), format=Format.TELEGRAM)
    shipped = messages.reminder_payload(about, [one])
    assert messages.reminder_payload(replace(about, templates=broken), [one]) == shipped
    with pytest.raises(BadTemplate):
        messages.reminder_payload(replace(about, templates=replace(broken, strict=True)), [one])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_ones_can_be_copied(language: str) -> None:
    """Every shipped template, put into the site's folder as it is, prints the same."""
    environment = shipped_press().environment
    assert environment.loader is not None
    copied = {
        name: Own(Path(f"/own/{name}"), environment.loader.get_source(environment, name)[0])
        for name in shipped_names()
    }
    templates = replace(Templates.with_own(copied), strict=True)
    for one in cases().values():
        named = labelled(one, language)
        about, mine = head(language, named), replace(head(language, named), templates=templates)
        assert messages.reminder_message(mine, [named]) == messages.reminder_message(about, [named])
        for form in Format:
            printed, copy = replace(about, format=form), replace(mine, format=form)
            assert messages.reminder_payload(copy, [named]) == messages.reminder_payload(
                printed, [named]
            )
