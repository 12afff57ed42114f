"""Promises of reminder/service/transfer/columns.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.line import Standing
from reminder.errors import InvalidInput
from reminder.service.transfer import columns
from reminder.service.transfer.columns import reading_words, restored

READING = "reading 2026-11-20T06:00:00.000Z 2026-11-20 2026-11-20T06:00:00.000Z 120.50"


def test_cells_are_typed_as_json_would_type_them() -> None:
    """Digits, yes and no, lists between separators, and a period of ``once``."""
    cells = {
        "inactivity_days": " 90 ",
        "autopay": "Yes",
        "lead_times": "P7D, P3D",
        "channels": "Post box; chn_1",
        "period": "once",
        "balance_on": "2026-11-20",
    }
    assert columns.fields_of(cells) == {
        "inactivity_days": 90,
        "autopay": True,
        "lead_times": ["P7D", "P3D"],
        "channels": ["Post box", "chn_1"],
        "period": None,
    }


def test_json_values_stay_as_they_are() -> None:
    """A JSON line may hold what the API holds."""
    cells = {"fee": {"amount": "300", "currency": "RUB"}, "inactivity_days": 90, "autopay": True}
    assert columns.fields_of(cells) == cells


def test_a_reading_comes_back_as_it_was_written() -> None:
    """Kind, instant, day, entry and sum, to the millisecond."""
    kept = restored({"readings": READING}, Standing(), "RUB", "lin_1")
    assert reading_words(kept.readings[0], "RUB") == READING
    unknown = READING.replace("reading", "unknown", 1).removesuffix(" 120.50")
    kept = restored({"readings": f"{READING}; {unknown}"}, Standing(), "RUB", "lin_1")
    assert reading_words(kept.readings[1], "RUB") == unknown


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("state", "asleep"),
        ("overdue", "perhaps"),
        ("dealt_with", "soon"),
        ("snoozed_until", "31.12"),
        ("acknowledged", "renewal"),
        ("acknowledged", "moon 2026-12-01"),
        ("readings", "reading yesterday 5"),
        ("readings", READING.replace("120.50", "1.2.3")),
        ("readings", READING.replace("Z", "")),
        ("readings", READING.replace("reading", "guess")),
        ("readings", 5),
    ],
)
def test_a_state_that_cannot_be_read_names_its_column(column: str, cell: object) -> None:
    """Each wrong cell is one fault of its column, with what would be right."""
    with pytest.raises(InvalidInput) as refused:
        restored({column: cell}, Standing(), "RUB", "lin_1")
    assert [fault.field for fault in refused.value.faults] == [column]


@given(st.sampled_from(sorted(columns.STANDING)), st.text(max_size=60))
def test_any_cell_is_read_or_refused(column: str, cell: str) -> None:
    """No text in a state column raises anything but a refusal of that column."""
    try:
        restored({column: cell}, Standing(), "RUB", "lin_1")
    except InvalidInput as error:
        refused = [fault.field for fault in error.faults]
    else:
        refused = [column]
    assert refused == [column]


def test_the_docs_name_every_column() -> None:
    """docs/import.md says of each column what it holds, in these words."""
    page = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
    for name, holds in {**columns.ENTERED, **columns.STANDING}.items():
        assert f"| `{name}` | {holds} |" in page
