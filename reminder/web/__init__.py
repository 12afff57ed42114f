"""The pages: server-rendered HTML for people, without any script (CONTRACT section 7)."""

from reminder.web.site import create

__all__ = ["create"]
