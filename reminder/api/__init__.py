"""The JSON API under ``/api/v1``: schemas, routes by noun, problem details (CONTRACT section 4)."""

from reminder.api.face import create
from reminder.api.metrics import metrics

__all__ = ["create", "metrics"]
