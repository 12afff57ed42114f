"""Settings, read from config.toml and the environment, checked whole before anything starts."""

from reminder.config.settings import DEFAULT_FILE, Settings, load
from reminder.config.smtp import Smtp, Tls

__all__ = ["DEFAULT_FILE", "Settings", "Smtp", "Tls", "load"]
