"""The engine runs on either database."""

from __future__ import annotations

import pytest

from tests.conftest import KINDS


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Every promise holds on either database."""
    return str(request.param)
