"""What can be said of a release without building it: that is ``make release``."""

from __future__ import annotations

from reminder import __version__
from tests.releasing import released


def test_the_changelog_tells_of_this_version() -> None:
    """The newest version in the changelog is the program's own; before the first there is none."""
    assert released() in {None, __version__}
