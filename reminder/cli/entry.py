"""Where the command line begins: the commands by name, each module loaded when it is called."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from reminder import __version__
from reminder.cli.commands import ADDING, COMMANDS, GROUPS, SUMMARY
from reminder.cli.shell import Shell
from reminder.errors import ReminderError

DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
_HERE = "reminder.cli"


def _register(app: App, commands: Sequence[tuple[str, str, str]]) -> None:
    for name, place, says in commands:
        app.command(f"{_HERE}.{place}", name=name, help=says)


def application() -> App:
    """All commands, by name only: no module of theirs is loaded yet."""
    app = App(
        name="reminder",
        help=SUMMARY,
        help_format="plaintext",
        version=__version__,
        result_action="return_value",
    )
    _register(app, COMMANDS)
    for name, says, commands in GROUPS:
        group = App(name=name, help=says)
        _register(group, commands)
        if name == "channel":
            adding = App(name="add", help="Add a channel.")
            _register(adding, ADDING)
            group.command(adding)
        app.command(group)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 refused, 2 wrong usage."""
    app = application()

    @app.meta.default
    def launch(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        config: Path | None = None,
        as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    ) -> None:
        """Run a command.

        Parameters
        ----------
        config
            The config file; else REMINDER_CONFIG, else config.toml in this folder.
        as_json
            Print what programs can read.
        """
        command, bound, injected = app.parse_args(tokens, print_error=False, exit_on_error=False)
        if "shell" in injected:
            bound.arguments["shell"] = Shell(config, as_json, dict(os.environ), sys.stdout)
        result = command(*bound.args, **bound.kwargs)
        if inspect.iscoroutine(result):
            asyncio.run(result)

    return _run(app, sys.argv[1:] if arguments is None else arguments)


def _run(app: App, arguments: Sequence[str]) -> int:
    try:
        app.meta(
            list(arguments), print_error=False, exit_on_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        return _say(" ".join(str(error).split()) + " See reminder --help.", WRONG_USAGE)
    except ReminderError as error:
        return _say(str(error), REFUSED)
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _say(sentence: str, code: int) -> int:
    print(f"reminder: {sentence}", file=sys.stderr)
    return code
