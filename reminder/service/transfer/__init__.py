"""Lines in and out of the service as files: CSV, JSON lines, and exports of other programs."""
