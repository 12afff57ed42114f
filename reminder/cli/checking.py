"""operators check: visit the official addresses, and name what nobody has checked for long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from reminder.app import utc_now
from reminder.cli.operators import catalogue_of
from reminder.cli.shell import Here, Shell
from reminder.config import load
from reminder.errors import ReminderError
from reminder.service.upkeep import LinkState, Report, Stale, Visited, check_links, stale_facts


async def check(*only: str, shell: Here) -> None:
    """Visit each shown official address, and name the facts that are older than 180 days. What
    was only cited comes first. Exit 1 if anything wants a person to look.

    Parameters
    ----------
    only
        The operators to look at; else all of them.
    """
    settings = load(shell.config, shell.environ)
    catalogue = catalogue_of(settings)
    chosen = [catalogue.get(name) for name in only] or list(catalogue.all())
    networks = tuple(settings.webhooks.allow_networks)
    with _progress() as on_done:
        visited = await check_links(chosen, networks, on_done)
    stale = stale_facts(chosen, utc_now().date())
    report = Report(visited, stale, catalogue.faults)
    _tell_report(shell, report)
    if not report.is_good:
        bad = sum(one.state is not LinkState.GOOD for one in visited)
        raise ReminderError(
            f"Of {len(visited)} addresses {bad} want a look; {len(stale)} facts are older than "
            f"180 days; {len(report.faults)} files are broken"
        )


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Visiting")
        yield lambda done, everything: bar.update(task, completed=done, total=everything)


def _tell_report(shell: Shell, report: Report) -> None:
    if shell.as_json:
        links, stale = map(_link_json, report.visited), map(_stale_json, report.stale)
        faults = list(report.faults)
        shell.dump({"links": list(links), "stale": list(stale), "faults": faults})
        return
    heads = ("State", "Evidence", "Operators", "Address", "What was met")
    shell.table(heads, [_visited_row(one) for one in report.visited])
    shell.say("")
    rows = [_stale_row(one) for one in report.stale]
    shell.table(("Not checked since", "Evidence", "Operators", "Section", "Source"), rows)


def _link_json(one: Visited) -> dict[str, object]:
    return {
        "url": one.url,
        "operators": list(one.operators),
        "topics": list(one.topics),
        "cited": one.cited,
        "state": one.state.value,
        "detail": one.detail,
    }


def _stale_json(one: Stale) -> dict[str, object]:
    return {
        "operators": list(one.operators),
        "section": one.section,
        "source": one.source or None,
        "checked_on": one.checked_on.isoformat(),
        "cited": one.cited,
    }


def _visited_row(one: Visited) -> tuple[str, str, str, str, str]:
    return one.state.value, _evidence(one.cited), ", ".join(one.operators), one.url, one.detail


def _stale_row(one: Stale) -> tuple[str, str, str, str, str]:
    first = one.operators[0]
    more = f" and {len(one.operators) - 1} more" if len(one.operators) > 1 else ""
    source = one.source or "not public"
    return str(one.checked_on), _evidence(one.cited), f"{first}{more}", one.section, source


def _evidence(cited: bool) -> str:  # noqa: FBT001 - one column of a table
    return "cited" if cited else "seen"
