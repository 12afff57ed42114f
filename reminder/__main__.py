"""``python -m reminder``: the command line."""

import sys

from reminder.cli import main

if __name__ == "__main__":
    sys.exit(main())
