"""The project's tasks on a machine with nothing but Python 3.11 with pip: ``python3 dev.py help``.

Standard library only. ``.venv`` is made when it is missing or the requirements changed; a stamp
makes every other run a no-op. ``NO_UV=1`` installs with pip alone.
"""

from __future__ import annotations

import ast
import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN = ROOT / "requirements.txt"
DEV = ROOT / "requirements-dev.txt"
BOOT = ROOT / "requirements-boot.txt"
MAP = ROOT / "docs" / "map.md"
OLDEST = (3, 11)
MEMORY = "/dev/shm"
ROOM = 4 * 2**30
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
QUIET = ("--quiet", "--root-user-action=ignore")
DEBIAN_PROGRAMS = ("chromium-headless-shell", "strace", "faketime", "nginx")
LOCKS: dict[Path, list[str]] = {
    RUN: ["pyproject.toml", "--all-extras"],
    DEV: ["pyproject.toml", "--all-extras", "--group", "dev"],
    BOOT: ["--group", "boot"],
}
LEFTOVERS = (
    *(".venv", ".artifacts", ".coverage", ".hypothesis", ".import_linter_cache", ".mypy_cache"),
    *(".pytest_cache", ".ruff_cache", "build", "dist", "htmlcov"),
)

SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

sys.path.insert(0, {root!r})

from reminder.cli import main

sys.exit(main())
"""


def say(line: str) -> None:
    """Tell the person at the terminal, before the next program writes."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def call(*command: str | Path, **variables: str) -> int:
    """Run a program in the checkout and return its exit code."""
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=os.environ | variables)


def become(*command: str | Path, **variables: str) -> int:
    """Turn into another program, so that signals reach it at once."""
    sys.stdout.flush()
    words = [str(part) for part in command]
    os.chdir(ROOT)
    os.execve(words[0], words, os.environ | variables)  # never returns


def prepare(*wanted: Path) -> None:
    """Make ``.venv`` hold the last of the ``wanted`` requirements, and the command ``reminder``.

    The last includes those before it, so that it stamps them too.
    """
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 …")
    if not all(stamp(lock).exists() for lock in wanted):
        say("Setting up .venv …")
        make_venv()
        install(wanted[-1])
        for lock in wanted:
            for old in VENV.glob(f"{lock.stem}-*.stamp"):
                old.unlink()
            stamp(lock).touch()
    write_command()
    # Python does not, where PYTHONDONTWRITEBYTECODE is set: then each start would compile it anew.
    compileall.compile_dir(ROOT / "reminder", quiet=2)


def stamp(lock: Path) -> Path:
    """The file whose presence says that these requirements are in, for this Python and folder."""
    about = f"{sys.version_info[:3]} {ROOT}".encode()
    digest = hashlib.sha256(about + lock.read_bytes()).hexdigest()[:16]
    return VENV / f"{lock.stem}-{digest}.stamp"


def make_venv() -> None:
    """Make ``.venv`` without pip (Debian ships no ensurepip), anew if its Python is another."""
    version = f"import sys; sys.exit(sys.version_info[:3] != {sys.version_info[:3]})"
    if PYTHON.exists() and call(PYTHON, "-c", version) == 0:
        return
    venv.create(VENV, clear=True, symlinks=True, with_pip=False)


def install(lock: Path) -> None:
    """Install locked requirements by uv, or by pip where uv cannot be had; hashes are checked."""
    tool = uv()
    locked = ("--require-hashes", "-r", lock)
    compiled = ("--compile-bytecode", "--python", PYTHON)  # as pip does by itself
    if tool and call(tool, "pip", "install", *compiled, *locked) == 0:
        return
    say("Installing with pip …")
    if call(*PIP, "--python", PYTHON, "install", *QUIET, *locked) != 0:
        sys.exit(f"{lock.name} could not be installed; the lines above say why.")


def uv() -> Path | None:
    """The pinned uv, fetched into ``.venv/boot`` (pip's --target needs no venv and no root)."""
    if os.environ.get("NO_UV"):
        return None
    target = VENV / "boot"
    tool = target / "bin" / "uv"
    if not tool.exists():
        call(*PIP, "install", *QUIET, "--target", target, "--require-hashes", "-r", BOOT)
    return tool if tool.exists() else None


def write_command() -> None:
    """Leave ``.venv/bin/reminder``, and the checkout importable from any folder."""
    packages = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "reminder-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = VENV / "bin" / "reminder"
    command.write_text(SCRIPT.format(python=PYTHON, root=str(ROOT)), encoding="utf-8")
    command.chmod(0o755)


def run(words: list[str]) -> int:
    """Start the service with config.toml (ARGS go to `reminder serve`)."""
    prepare(RUN)
    config = os.environ.get("REMINDER_CONFIG", str(ROOT / "config.toml"))
    return become(PYTHON, "-m", "reminder", "serve", *words, REMINDER_CONFIG=config)


def test(words: list[str]) -> int:
    """Run the whole test suite (ARGS go to pytest)."""
    prepare(RUN, DEV)
    workers = (os.cpu_count() or 1) + 1  # many tests wait for a server or a moment
    spread = (f"--numprocesses={workers}", "--dist=worksteal")
    code = call(PYTHON, "-m", "pytest", *spread, *words, **in_memory())
    missing = [program for program in DEBIAN_PROGRAMS if not shutil.which(program)]
    if missing:
        sys.stdout.write(
            f"Without {', '.join(missing)} some tests were skipped or took longer; to add: "
            f"sudo apt-get install {' '.join(missing)}\n"
        )
    return code


def in_memory() -> dict[str, str]:
    """Where the tests' files lie: in memory, where a machine has room for them there, because they
    wait for the disk at every commit."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return {}
    return {"PYTEST_DEBUG_TEMPROOT": MEMORY} if shutil.disk_usage(MEMORY).free > ROOM else {}


def check(_words: list[str]) -> int:
    """Check style, formatting, types and floors; all four, even if one fails."""
    prepare(RUN, DEV)
    tools = VENV / "bin"
    types = subprocess.Popen([tools / "mypy"], cwd=ROOT)  # the longest: beside the others
    codes = [
        call(tools / "ruff", "check"),
        call(tools / "ruff", "format", "--check"),
        call(tools / "lint-imports"),
    ]
    return max(*codes, types.wait())


def demo(words: list[str]) -> int:
    """Tell the main job as a story in the terminal, on a throw-away database."""
    prepare(RUN, DEV)
    return become(PYTHON, "-m", "tests.demo", *words)


def bench(words: list[str]) -> int:
    """Measure how fast it is, each figure against a baseline (ARGS name cases)."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.bench", *words)


def soak(words: list[str]) -> int:
    """Hurt the service for 20 minutes (ARGS="mix cluster hanging disk lock api load" chooses)."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.soak", *words)


def mutants(words: list[str]) -> int:
    """Plant five defects, one by one, and see that the tests fail on each."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.mutants", *words)


def coverage(words: list[str]) -> int:
    """See that the tests of the domain reach every line and branch of it."""
    prepare(RUN, DEV)
    tests = ("-m", "pytest", "-q", "-n", "0", "tests/domain", *words)
    ran = call(PYTHON, "-m", "coverage", "run", "--branch", "--source=reminder/domain", *tests)
    return ran or call(PYTHON, "-m", "coverage", "report", "--skip-covered", "--fail-under=100")


def bench_report(words: list[str]) -> int:
    """Measure everything, and write docs/performance.md and .json anew."""
    kept = ROOT / "docs" / "performance.json"
    return bench(["--json", str(kept), "--report", *words])


def format_code(_words: list[str]) -> int:
    """Format the code, and mend what ruff can mend by itself."""
    prepare(RUN, DEV)
    ruff = VENV / "bin" / "ruff"
    return max(call(ruff, "check", "--fix-only"), call(ruff, "format"))


def lock(words: list[str]) -> int:
    """Recompile the locked requirements (ARGS=--upgrade takes newer versions)."""
    make_venv()
    tool = uv()
    if tool is None:
        sys.exit("uv is needed to lock; unset NO_UV, and see that the package index answers.")
    options = ("--universal", "--generate-hashes", "--python-version", "3.11", "--quiet")
    for target, sources in LOCKS.items():
        command: tuple[str | Path, ...] = (
            tool,
            "pip",
            "compile",
            *sources,
            *options,
            *words,
            "-o",
            target.name,
        )
        if call(*command, UV_CUSTOM_COMPILE_COMMAND="make lock") != 0:
            return 1
    return 0


def locale(words: list[str]) -> int:
    """Check every catalogue of words against the code (ARGS=--write adds what is missing)."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.words", *words)


def map_modules(_words: list[str]) -> int:
    """Write docs/map.md and docs/reference out of the code."""
    MAP.write_text(drawn_map(), encoding="utf-8")
    return reference([])


def reference(_words: list[str]) -> int:
    """Write docs/reference: settings, commands, API, webhook and operators, out of the code."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.reference")


def docs(words: list[str]) -> int:
    """Make the documentation's site in .artifacts/site (ARGS=serve shows it while you write)."""
    prepare(RUN, DEV)
    what = words or ["build", "--clean", "--strict"]
    return call(VENV / "bin" / "zensical", *what)


def release(_words: list[str]) -> int:
    """Build wheel and sdist into dist, try both in an empty folder, print their hashes."""
    prepare(RUN, DEV)
    tool = uv()
    if tool is None:
        sys.exit("uv is needed to build; unset NO_UV, and see that the package index answers.")
    return call(PYTHON, "-m", "tests.releasing", tool)


def picture(_words: list[str]) -> int:
    """Draw docs/board*.png from the real board (needs chromium)."""
    prepare(RUN, DEV)
    return call(PYTHON, "-m", "tests.picture")


def drawn_map() -> str:
    """The map of the modules, one row each, in the order of the folders."""
    rows = [
        "# Map of the modules\n\nMade by `make map` from each module's docstring; do not edit.\n",
        "| Module | What it is |\n| --- | --- |",
    ]
    for path in sorted((ROOT / "reminder").rglob("*.py")):
        if "versions" in path.parts:
            continue
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = doc.partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        rows.append(f"| `{path.relative_to(ROOT).as_posix()}` | {first} |")
    return "\n".join(rows) + "\n"


def clean(_words: list[str]) -> int:
    """Remove .venv, caches and build results; data stay."""
    for name in LEFTOVERS:
        path = ROOT / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for cache in (*ROOT.glob("reminder/**/__pycache__"), *ROOT.glob("tests/**/__pycache__")):
        shutil.rmtree(cache)
    return 0


def show_help(_words: list[str]) -> int:
    """List every target."""
    for name, task in TASKS.items():
        sys.stdout.write(f"make {name:<13}{(task.__doc__ or '').splitlines()[0]}\n")
    return 0


TASKS: dict[str, Callable[[list[str]], int]] = {
    "help": show_help,
    "run": run,
    "test": test,
    "check": check,
    "demo": demo,
    "bench": bench,
    "soak": soak,
    "mutants": mutants,
    "coverage": coverage,
    "bench-report": bench_report,
    "format": format_code,
    "lock": lock,
    "map": map_modules,
    "reference": reference,
    "docs": docs,
    "picture": picture,
    "release": release,
    "locale": locale,
    "clean": clean,
}


def main(words: list[str]) -> int:
    """Do the task named first; the rest are its arguments."""
    name, *rest = words or ["help"]
    if name not in TASKS:
        say(f"There is no task {name}.")
        show_help([])
        return 2
    return TASKS[name](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
