"""Everything that runs, wired into one App."""

from reminder.app.clock import utc_now
from reminder.app.measures import Measures, measure, prometheus
from reminder.app.opening import open_app
from reminder.app.running import App, Readiness
from reminder.app.wiring import migrate, sqlite_state, template_faults
from reminder.engine.watch import Alarm, Trouble
from reminder.service.folder import prepare_folder, running_service, write_service_file

__all__ = [
    "Alarm",
    "App",
    "Measures",
    "Readiness",
    "Trouble",
    "measure",
    "migrate",
    "open_app",
    "prepare_folder",
    "prometheus",
    "running_service",
    "sqlite_state",
    "template_faults",
    "utc_now",
    "write_service_file",
]
