"""No text gets into the markup of a chat."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from reminder.rendering.chats import marks

TEXTS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\\`*_[]()<>#|~&\"'")))


@given(text=TEXTS)
def test_html(text: str) -> None:
    """HTML is escaped and reads back as it was."""
    assert not re.search(r'[<>"]', marks.html(text))
    assert unescape(marks.html("a" + text)) == unescape(marks.html("a")) + unescape(
        marks.html(text)
    )


@given(text=TEXTS)
def test_mrkdwn(text: str) -> None:
    """Slack sees no mark, link or mention."""
    said = marks.mrkdwn(text)
    assert not re.search(r"[<>*_~`]", said)
    assert not re.search(r"&(?!amp;|lt;|gt;)", said)


@given(text=TEXTS)
def test_markdown(text: str) -> None:
    """Every mark of Markdown has its backslash."""
    said = marks.markdown(text)
    assert re.sub(r"\\(.)", r"\1", said, flags=re.DOTALL) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]()<>#|~&]", re.sub(r"\\[^\\]", "", said))


@given(text=TEXTS)
def test_lark_md(text: str) -> None:
    """Feishu's marks are numbered entities."""
    assert not re.search(r"[<>*_~\[\]()`\\]", marks.lark_md(text))


@given(text=TEXTS)
def test_wide(text: str) -> None:
    """Where there is no escape the marks are wide, and nothing is longer for it."""
    assert not re.search(r"[\\`*_\[\]()<>#|~]", marks.wide(text))
    assert len(marks.wide(text)) == len(text)


@given(text=TEXTS)
def test_address(text: str) -> None:
    """An address cannot end the link that it stands in."""
    said = marks.address(f"https://example.org/{text}".encode("utf-8", "replace").decode())
    assert said.isascii()
    assert not re.search(r"[\s\"'()<>\[\]\\^`{|}*]", said)


def test_plain() -> None:
    """Plain is plain."""
    assert marks.plain("<*_>") == "<*_>"
