"""What the commands are, printed without loading what parses or runs them: it comes at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reminder import __version__
from reminder.cli.commands import ADDING, COMMANDS, GROUPS, SUMMARY

_HELP = ("--help", "-h")
_OPTIONS = (
    ("--config PATH", "The config file; else REMINDER_CONFIG, else config.toml in this folder."),
    ("--json", "Print what programs can read."),
    ("--version", "Print the version."),
    ("--help, -h", "Print this; after a command: what it takes."),
)
_Row = tuple[str, str]


def answer(arguments: Sequence[str]) -> str | None:
    """What is printed for a call that only asks what there is; None: it asks for more."""
    words = [word for word in arguments if word not in _HELP]
    if words == ["--version"]:
        return __version__
    if words and len(words) == len(arguments):
        return None
    return _pages().get(" ".join(words))


def _pages() -> dict[str, str]:
    """The page of everything, and one of each group of commands, by the words that name it."""
    groups = [(name, says) for name, says, _ in GROUPS]
    pages = {"": _page("", SUMMARY, [*_rows(COMMANDS), *groups])}
    for name, says, commands in GROUPS:
        rows = _rows(commands)
        if name == "channel":
            pages["channel add"] = _page("channel add", "Add a channel.", _rows(ADDING))
            rows.append(("add", "Add a channel."))
        pages[name] = _page(name, says, rows)
    return pages


def _rows(commands: Iterable[tuple[str, str, str]]) -> list[_Row]:
    return [(name, says) for name, _, says in commands]


def _page(name: str, says: str, rows: list[_Row]) -> str:
    called = " ".join(["reminder", *name.split()])
    width = max(len(left) for left, _ in [*rows, *_OPTIONS])

    def table(some: Iterable[_Row]) -> str:
        return "\n".join(f"  {left:<{width}}  {right}" for left, right in some)

    return (
        f"Usage: {called} COMMAND [OPTIONS]\n\n{says}\n\n"
        f"Commands\n{table(sorted(rows))}\n\nOptions\n{table(_OPTIONS)}"
    )
