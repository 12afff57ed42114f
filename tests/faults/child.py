"""Serve from a config file, as ``reminder serve`` does: the process that the fault tests kill."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reminder.config import load
from reminder.server import serve

if __name__ == "__main__":
    serve(load(Path(sys.argv[1]), os.environ))
