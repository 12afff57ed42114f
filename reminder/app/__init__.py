"""Everything that runs, wired into one App."""

from reminder.app.clock import utc_now
from reminder.app.folder import migrate, prepare_folder, running_service, write_service_file
from reminder.app.running import App, Readiness, open_app
from reminder.app.wiring import template_faults

__all__ = [
    "App",
    "Readiness",
    "migrate",
    "open_app",
    "prepare_folder",
    "running_service",
    "template_faults",
    "utc_now",
    "write_service_file",
]
