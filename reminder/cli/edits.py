"""edit: one change to many lines at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from reminder.cli.lines import period
from reminder.cli.service import reach
from reminder.cli.shell import Here, Json, Owner, Shell
from reminder.errors import ReminderError

Flag = Annotated[bool, Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which lines, beside those that are named: all that fit everything said here.

    Parameters
    ----------
    everything
        All of your lines.
    tag
        Lines that bear this tag.
    operator
        Lines of this operator; see reminder operators.
    state
        Lines in this state.
    find
        Lines with these words in name, number, tag or note.
    """

    everything: Annotated[bool, Parameter(name="--all", negative="")] = False
    tag: str | None = None
    operator: str | None = None
    state: Literal["active", "stopped", "ended"] | None = None
    find: str | None = None


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to change.

    Parameters
    ----------
    fee
        The fee of a period.
    every
        How often the fee comes: month, 30d, 28d, 4w, year or once.
    charged_by
        Who makes a renewal happen.
    lead_times
        How many days ahead to remind, such as 7d,3d,1d,0d.
    add_tag
        A tag that they get.
    remove_tag
        A tag that they lose.
    dry_run
        Only say what would change.
    keep_good
        Change the others although some are refused.
    """

    fee: str | None = None
    every: str | None = None
    charged_by: Literal["operator", "owner"] | None = None
    lead_times: str | None = None
    add_tag: str | None = None
    remove_tag: str | None = None
    dry_run: Flag = False
    keep_good: Flag = False

    def body(self) -> Json:
        """The fields of POST /lines/edit that say it."""
        said: Json = {name: value for name, value in asdict(self).items() if value}
        if "every" in said:
            said["period"] = period(said.pop("every"))
        if "lead_times" in said:
            days = said["lead_times"].upper().replace(",", " ").split()
            said["lead_times"] = [f"P{day.removeprefix('P')}" for day in days]
        return said


async def edit(
    *lines: str,
    which: Which | None = None,
    change: Change | None = None,
    owner: Owner = None,
    shell: Here,
) -> None:
    """Change fee, period, leads or tags of many lines: of all of them, or of none.

    Parameters
    ----------
    lines
        Lines by id, number or label.
    """
    asked = _chosen(lines, which or Which()) | (change or Change()).body()
    async with reach(shell, owner) as service:
        if lines:
            asked["lines"] = [(await service.line(line))["id"] for line in lines]
        report = await service.post("/lines/edit", asked)
    shell.account(report, _tell, "lines", "changed")


def _chosen(lines: tuple[str, ...], which: Which) -> Json:
    said: Json = {name: value for name, value in asdict(which).items() if value}
    if bool(lines) is bool(said):
        raise ReminderError("Name lines, or say which: --tag, --operator, --state, --find or --all")
    said.pop("everything", None)
    if "find" in said:
        said["q"] = said.pop("find")
    return said if lines else {"all": True, **said}


def _tell(shell: Shell, report: Json) -> None:
    wrong = [(one["id"], fault["detail"]) for one in report["items"] for fault in one["errors"]]
    if wrong:
        shell.table(("Line", "Why"), wrong)
    would = "" if report["applied"] else "would be "
    shell.say(f"{report['changed']} {would}changed, {report['same']} stand so already")
