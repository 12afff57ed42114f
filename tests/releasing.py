"""Build wheel and sdist, and try both where nothing else is: ``make release``.

Each is installed into an environment of its own; there ``reminder --version`` must answer, and
``reminder serve``, in an empty folder with no config, must be ready. Then the hashes are printed.
"""

from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from reminder import __version__

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
PATIENCE_SECONDS = 60.0


def released() -> str | None:
    """The newest version that the changelog tells of; None before the first."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## \[(\d+\.\d+\.\d+)\]", text, re.MULTILINE)
    return found[1] if found else None


def build(uv: str) -> list[Path]:
    """The wheel and the sdist of this checkout."""
    for old in DIST.glob("reminder-*"):
        old.unlink()
    subprocess.run([uv, "build", "--quiet", "--out-dir", str(DIST), str(ROOT)], check=True)
    return sorted(path for path in DIST.iterdir() if path.name.startswith("reminder-"))


def tried(uv: str, built: Path) -> float:
    """Install one of them by itself and let it serve; return the seconds until it was ready."""
    with tempfile.TemporaryDirectory() as folder:
        home, empty = Path(folder) / "venv", Path(folder) / "empty"
        empty.mkdir()
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
        python = str(home / "bin" / "python")
        words = [uv, "pip", "install", "--quiet", "--python", python, str(built)]
        subprocess.run(words, check=True)
        command = str(home / "bin" / "reminder")
        said = subprocess.run([command, "--version"], cwd=empty, stdout=subprocess.PIPE, check=True)
        if said.stdout.decode().strip() != __version__:
            sys.exit(f"{built.name} says that it is {said.stdout.decode().strip()}")
        return _served(command, empty)


def _served(command: str, folder: Path) -> float:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    words = [command, "serve", "--port", str(port)]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL) as service:
        try:
            while not _is_ready(port):
                if service.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                    sys.exit("It does not serve")
                time.sleep(0.1)
            taken = time.monotonic() - began
        finally:
            service.terminate()
        if service.wait(PATIENCE_SECONDS) != 0:
            sys.exit("It does not stop cleanly")
    return taken


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    """Build, try and print."""
    uv, newest = sys.argv[1], released()
    if newest not in {None, __version__}:
        sys.exit(f"CHANGELOG.md is at {newest}, reminder/__init__.py at {__version__}")
    for path in build(uv):
        seconds = tried(uv, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name}: installs, answers, ready in {seconds:.1f} s\n  sha256 {digest}")
    if newest is None:
        print("CHANGELOG.md has no version yet: give [Unreleased] its number and day, and tag it.")


if __name__ == "__main__":
    main()
