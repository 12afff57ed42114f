"""The command line: an API client with a good face (CONTRACT section 2)."""

from reminder.cli.door import main

__all__ = ["main"]
