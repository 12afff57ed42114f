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
from reminder.cli.shell import Shell
from reminder.errors import ReminderError

DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
_HERE = "reminder.cli"
_COMMANDS = (
    ("serve", "machine:serve", "Serve the pages and the API, and send what is due."),
    ("add", "lines:add", "Register a line."),
    ("list", "lines:everything", "Your lines, most urgent first."),
    ("show", "lines:show", "One line with its three clocks."),
    ("balance", "acts:balance", "Enter a balance as you saw it."),
    ("topped-up", "acts:topped_up", "Record a top-up."),
    ("top-ups", "topups:count", "Record many top-ups from a list of numbers and sums."),
    ("renewed", "acts:renewed", "Record a renewal."),
    ("used", "acts:used", "Record that the number was used."),
    ("acknowledge", "acts:acknowledge", "Hear no more of this deadline."),
    ("snooze", "acts:snooze", "Hear nothing of a line until a day."),
    ("stop", "acts:stop", "Hear nothing of a line until it is resumed."),
    ("resume", "acts:resume", "Let a line's clocks speak again."),
    ("undo", "acts:undo", "Take back the last act on a line."),
    ("preview", "lines:preview", "The next message about a line, rendered."),
    ("rehearse", "lines:rehearse", "Every message of the coming months with its local time."),
    ("import", "transfer:bring_in", "Import lines from CSV or JSON lines."),
    ("export", "transfer:send_out", "Export all lines as CSV or JSON lines."),
    ("archive", "transfer:send_everything", "Everything about an owner as one ZIP."),
    ("operators", "operators:app", "The catalogue of operators, or one of them."),
    ("doctor", "machine:doctor", "Look whether everything is in order here."),
    ("backup", "backups:back_up", "Copy the database, while the service runs or not."),
    ("restore", "backups:restore", "Put a copy of the database in its place."),
    ("migrate", "machine:migrate", "Bring the database to this version, or fill it from another."),
)
_GROUPS = (
    (
        "channel",
        "The places that reminders go to.",
        (
            ("list", "channels:everything", "Your channels."),
            ("test", "channels:try_out", "Send a test by the same path as a reminder."),
            ("remove", "channels:remove", "Forget a channel."),
        ),
    ),
    (
        "owner",
        "The people who register lines.",
        (
            ("add", "people:add_owner", "Add an owner; the first is administrator."),
            ("link", "people:owner_link", "A link that signs an owner in once."),
            ("invite", "people:invite", "A link by which one stranger may begin."),
        ),
    ),
    (
        "token",
        "API tokens.",
        (("create", "people:create_token", "Make a token; it is printed on the last line."),),
    ),
    (
        "key",
        "The service's own key.",
        (("rotate", "keys:rotate", "Seal everything with a new key; no service may run."),),
    ),
    (
        "config",
        "The settings.",
        (("check", "machine:config_check", "What is in force, and where it came from."),),
    ),
)
_ADDING = (
    ("email", "channels:add_email", "Add a mailbox."),
    ("webhook", "channels:add_webhook", "Add a web address to call; prints its signing secret."),
)


def _register(app: App, commands: Sequence[tuple[str, str, str]]) -> None:
    for name, place, says in commands:
        app.command(f"{_HERE}.{place}", name=name, help=says)


def application() -> App:
    """All commands, by name only: no module of theirs is loaded yet."""
    app = App(
        name="reminder",
        help="Reminders before a mobile number's fee, balance or use runs out.",
        version=__version__,
        result_action="return_value",
    )
    _register(app, _COMMANDS)
    for name, says, commands in _GROUPS:
        group = App(name=name, help=says)
        _register(group, commands)
        if name == "channel":
            adding = App(name="add", help="Add a channel.")
            _register(adding, _ADDING)
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
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader has gone
        return DONE
    return DONE


def _say(sentence: str, code: int) -> int:
    print(f"reminder: {sentence}", file=sys.stderr)
    return code
