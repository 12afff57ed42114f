"""What the OpenAPI says of requests is what the service reads."""

from __future__ import annotations

import pytest

from reminder.api import requests
from reminder.service.drafts import FIELDS
from reminder.service.people import ME_FIELDS
from reminder.service.together import EDIT_FIELDS
from reminder.service.topups import FIELDS as LIST_FIELDS
from reminder.service.watching import FIELDS as WATCHER_FIELDS


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (requests.NewLine, FIELDS),
        (requests.LinePatch, FIELDS),
        (requests.MePatch, ME_FIELDS),
        (requests.Edit, EDIT_FIELDS),
        (requests.TopUps, LIST_FIELDS),
        (requests.NewWatcher, WATCHER_FIELDS),
    ],
)
def test_fields_are_those_of_the_service(
    model: type[requests.Asked], fields: frozenset[str]
) -> None:
    """The description names exactly the fields that the service reads."""
    assert set(model.model_fields) == fields


def test_a_body_is_described_without_references() -> None:
    """A request's schema stands alone: needed fields named, amounts written out, others refused."""
    described = requests.body(requests.NewLine)["requestBody"]
    assert isinstance(described, dict)
    schema = described["content"]["application/json"]["schema"]
    assert described["required"] is True
    assert schema["required"] == ["number"]
    assert schema["additionalProperties"] is False
    assert "$ref" not in str(schema)
    assert "$ref" not in str(requests.body(requests.MePatch))
    assert any("properties" in choice for choice in schema["properties"]["fee"]["anyOf"])
