"""Every call of the OpenAPI with what Schemathesis makes up: never a server error, always an answer
of a status, a type and a shape that the description names. ``make soak ARGS=api`` is its long form.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.api.strange import run

CALLS = int(os.environ.get("REMINDER_SOAK_CALLS", "6"))
SEEDS = [int(word) for word in os.environ.get("REMINDER_SOAK_SEEDS", "1").split()]


@pytest.mark.timeout(60 + CALLS * 20)
@pytest.mark.parametrize("number", SEEDS)
def test_the_service_answers_as_its_description_says(number: int) -> None:
    """So many calls of each operation, half of them of what the description does not allow."""
    with tempfile.TemporaryDirectory() as folder:
        said, faults = run(Path(folder), CALLS, number)
    print(f"{said.total()} calls, seed {number}: {dict(said.most_common())}")
    assert faults == {}
    assert said["200"] > said.total() / 10
