"""The JSON API under ``/api/v1``: schemas, routes by noun, problem details (CONTRACT section 4)."""

from reminder.api.face import PREFIX, create, root_routes

__all__ = ["PREFIX", "create", "root_routes"]
