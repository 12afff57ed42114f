"""The balance of a number as a drawing: x in percent of its width, y in pixels, so that its text
never scales; and the same as sentences and as a table (DESIGN section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from markupsafe import Markup

from reminder.domain import track
from reminder.domain.balance import last_reading
from reminder.domain.clocks import to_pay
from reminder.domain.money import Money
from reminder.domain.track import Mark, Step
from reminder.service.lines import LineView
from reminder.web.visit import Visit
from reminder.web.words import mark

TOP, HEIGHT = 34, 200
BACK, SHORTEST_BACK = timedelta(days=60), timedelta(days=7)
AHEAD, LONGEST_AHEAD, AFTER = timedelta(days=45), timedelta(days=120), timedelta(days=12)
OLD = timedelta(days=30)
MOST_TICKS = 4
CLOSEST = 0.25
TOO_CLOSE = 0.1
_DAY = timedelta(days=1)
_STEPS = (1, 2, 5, 10)
_WHAT: Mapping[Step, str] = {
    Step.SEEN: mark("balance entered"),
    Step.TOP_UP: mark("top-up"),
    Step.FEE: mark("fee charged, by our count"),
    Step.UNKNOWN: mark("balance not known"),
    Step.TODAY: mark("today, by our count"),
    Step.FEE_AHEAD: mark("fee to come"),
    Step.SHORT: mark("fee to come"),
    Step.EMPTY: mark("money used up, by our count"),
    Step.END: mark("by our count"),
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of the drawing: ``kind`` is its class."""

    kind: str
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word of the drawing at its place; ``second`` is the line under it."""

    x: str
    y: str
    text: str
    second: str = ""
    anchor: str = "middle"
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing for a fee, as a block under zero."""

    x: str
    y: str
    height: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template puts in its place; ``rows`` are day, what, change, balance."""

    said: Markup
    ticks: list[Label]
    zero: str
    floor: Label | None
    today: str
    today_anchor: str
    today_dx: str
    strokes: list[Stroke]
    dots: list[tuple[str, str]]
    lack: Lack | None
    paid_in: str
    axis: list[Label]
    steps: list[Label]
    rows: list[tuple[str, str, str, str]]
    is_old: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a day and a sum stand in the drawing."""

    start: date
    end: date
    low: Fraction
    high: Fraction

    def x(self, day: date) -> str:
        """The place of a day."""
        return f"{self.part(day) * 100:.2f}%"

    def part(self, day: date) -> float:
        """How far from the left a day is: 0 to 1."""
        return (day - self.start).days / max((self.end - self.start).days, 1)

    def y(self, value: Fraction) -> str:
        """The height of a sum."""
        return f"{TOP + float((self.high - value) / (self.high - self.low)) * HEIGHT:.1f}"


def chart(visit: Visit, view: LineView) -> Chart | None:
    """Draw the balance of a number; None where none was ever entered."""
    case, today = view.case, visit.today
    past = [m for m in track.past(case, visit.now) if m.on >= today - BACK]
    if len(past) < 1 or view.clocks.balance is None:
        return None
    until = _until(view, today)
    ahead = track.ahead(case, visit.now, until)
    short = next((m for m in ahead if m.step is Step.SHORT), None)
    end = max(ahead[-1].on + AFTER, today + AHEAD / 2) if short else until
    suggested = _suggested(view, visit)
    paid = track.ahead(case, visit.now, end, Fraction(suggested.minor)) if suggested else []
    start = min(past[0].on, today - SHORTEST_BACK)
    frame, ticks = _frame(view, start, end, [*past, *ahead, *paid])
    return Chart(
        said=_said(visit, view, short),
        ticks=[Label("100%", frame.y(t), visit.money(_money(view, t)), "", "end") for t in ticks],
        zero=frame.y(Fraction(0)),
        floor=_floor(visit, view, frame),
        today=frame.x(today),
        today_anchor="start" if frame.part(today) < CLOSEST else "end",
        today_dx="6" if frame.part(today) < CLOSEST else "-6",
        strokes=[
            *_strokes(frame, "with", _rise(paid, ahead)),
            *_strokes(frame, "next", ahead),
            *_strokes(frame, "past", past),
        ],
        dots=[
            (frame.x(m.on), frame.y(m.after))
            for m in past
            if m.step is Step.SEEN and m.after is not None
        ],
        lack=_lack(visit, view, frame, short),
        paid_in=visit.money(suggested) if suggested else "",
        axis=_axis(visit, view, frame, [*past, *ahead, *paid]),
        steps=_top_ups(visit, view, frame, past),
        rows=_rows(visit, view, past, ahead),
        is_old=_is_old(view, today),
    )


def _until(view: LineView, today: date) -> date:
    deadline = view.standing.renews_on or today
    return max(today + AHEAD, min(deadline + AFTER, today + LONGEST_AHEAD))


def _suggested(view: LineView, visit: Visit) -> Money | None:
    """The sum that is drawn as paid in: what carries two fees, else one."""
    sums = track.sums(view.case, visit.now)[:2]
    return sums[-1].amount if sums else None


def _rise(paid: Sequence[Mark], ahead: Sequence[Mark]) -> list[Mark]:
    return [ahead[0], *paid] if paid and ahead else []


def _money(view: LineView, value: Fraction) -> Money:
    return Money.at_most(value, view.line.currency)


def _values(marks: Iterable[Mark]) -> Iterator[Fraction]:
    for one in marks:
        yield from (v for v in (one.before, one.after) if v is not None)
        if one.step is Step.SHORT and one.after is not None and one.change is not None:
            yield min(one.after + one.change, Fraction(0))


def _frame(
    view: LineView, start: date, end: date, marks: Sequence[Mark]
) -> tuple[_Frame, list[Fraction]]:
    """The frame around all sums, zero in it, and its round ticks."""
    floor = view.line.low_balance.minor if view.line.low_balance else 0
    values = [*_values(marks), Fraction(0), Fraction(floor)]
    low, high = min(values), max(values)
    step = _step(max(high - low, Fraction(100)))
    first, last = low // step, -(-high // step)
    ticks = [Fraction(n * step) for n in range(first, last + 1)]
    return _Frame(start, end, ticks[0], max(ticks[-1], ticks[0] + step)), ticks


def _step(span: Fraction) -> int:
    """A round step that gives at most a few ticks."""
    power = 1
    while True:
        for digit in _STEPS:
            if span / (digit * power) <= MOST_TICKS:
                return digit * power
        power *= 10


def _strokes(frame: _Frame, kind: str, marks: Sequence[Mark]) -> Iterator[Stroke]:
    """Straight from mark to mark, upright where something was added or taken."""
    if marks and marks[0].before is not None and marks[0].after != marks[0].before:
        yield from _upright(frame, kind, marks[0])
    for one, other in pairwise(marks):
        if one.after is not None and other.before is not None:
            x1, x2 = frame.x(one.on), frame.x(other.on)
            yield Stroke(kind, x1, frame.y(one.after), x2, frame.y(other.before))
        yield from _upright(frame, kind, other)


def _upright(frame: _Frame, kind: str, one: Mark) -> Iterator[Stroke]:
    end = Fraction(0) if one.step is Step.SHORT else one.after
    if one.before is None or end is None or one.before == end:
        return
    x = frame.x(one.on)
    yield Stroke(kind, x, frame.y(one.before), x, frame.y(end))


def _floor(visit: Visit, view: LineView, frame: _Frame) -> Label | None:
    low = view.line.low_balance
    if low is None or low.minor <= 0:
        return None
    text = visit.t("warn under {sum}", sum=visit.money(low))
    return Label("0", frame.y(Fraction(low.minor)), str(text))


def _lack(visit: Visit, view: LineView, frame: _Frame, short: Mark | None) -> Lack | None:
    if short is None or short.after is None or short.change is None:
        return None
    missing = short.after + short.change
    top, bottom = frame.y(Fraction(0)), frame.y(min(missing, Fraction(0)))
    words = visit.t("{short} short", short=visit.money(to_pay(view.case, -missing)))
    return Lack(frame.x(short.on), top, f"{float(bottom) - float(top):.1f}", str(words))


def _axis(visit: Visit, view: LineView, frame: _Frame, marks: Sequence[Mark]) -> list[Label]:
    """The labels under the drawing: its first day, and the fees themselves."""
    labels = [Label("0%", "", visit.short_day(frame.start), "", "start")]
    taken = [0.0]
    kinds = {Step.FEE, Step.FEE_AHEAD, Step.SHORT}
    fees = {m.on: m.change for m in marks if m.step in kinds and m.change is not None}
    for on, change in sorted(fees.items()):
        part = frame.part(on)
        sum_ = visit.money(_money(view, change))
        wide = part - taken[-1] < CLOSEST
        if part - taken[-1] < TOO_CLOSE:
            continue
        anchor = "end" if part > 1 - TOO_CLOSE / 2 else "middle"
        labels.append(Label(frame.x(on), "", visit.short_day(on), sum_, anchor, wide))
        taken.append(part)
    return labels


def _top_ups(visit: Visit, view: LineView, frame: _Frame, past: Sequence[Mark]) -> list[Label]:
    found = []
    for one in past:
        if one.step is Step.TOP_UP and one.after is not None and one.change is not None:
            text = f"+{visit.money(_money(view, one.change))}"
            anchor = "start" if frame.part(one.on) < CLOSEST else "end"
            found.append(Label(frame.x(one.on), frame.y(one.after), text, "", anchor))
    return found


def _rows(
    visit: Visit, view: LineView, past: Sequence[Mark], ahead: Sequence[Mark]
) -> list[tuple[str, str, str, str]]:
    return [_row(visit, view, one) for one in [*past, *ahead[1:]] if one.step is not Step.END]


def _row(visit: Visit, view: LineView, one: Mark) -> tuple[str, str, str, str]:
    change = ""
    if one.change is not None:
        sign = "+" if one.change > 0 else ""
        change = f"{sign}{visit.money(_money(view, one.change))}"
    there = "" if one.after is None else visit.money(_money(view, one.after))
    if one.step is Step.SHORT and one.after is not None and one.change is not None:
        missing = to_pay(view.case, -(one.after + one.change))
        there = str(visit.t("{short} short", short=visit.money(missing)))
    return visit.short_day(one.on), str(visit.t(_WHAT[one.step])), change, there


def _said(visit: Visit, view: LineView, short: Mark | None) -> Markup:
    """What the drawing says, in two sentences."""
    money = view.clocks.balance
    if money is None or money.projected is None:
        return visit.t("The balance is not known now.")
    said = visit.t("About {sum} is there now.", sum=visit.money(money.projected))
    if short is not None and short.after is not None and short.change is not None:
        missing = to_pay(view.case, -(short.after + short.change))
        told = visit.t(
            "On {day} a fee of {fee} is charged: {short} short.",
            day=visit.short_day(short.on),
            fee=visit.money(_money(view, -short.change)),
            short=visit.money(missing),
        )
    elif money.runs_out_on is None:
        told = visit.t("It is not used up, as far as we know.")
    elif money.floor:
        falls = mark("By our count it falls under {floor} on {day}.")
        said_so = (
            falls if money.runs_out_on > visit.today else mark("It fell under {floor} on {day}.")
        )
        day = visit.short_day(money.runs_out_on)
        told = visit.t(said_so, floor=visit.money(money.floor), day=day)
    elif money.runs_out_on < visit.today:
        told = visit.t("By our count it was used up on {day}.", day=visit.day(money.runs_out_on))
    else:
        told = visit.t("By our count it lasts until {day}.", day=visit.day(money.runs_out_on))
    return said + ("" if visit.language == "zh" else " ") + told


def _is_old(view: LineView, today: date) -> bool:
    last = last_reading(view.readings)
    return last is None or today - last.on > OLD
