"""The rules of the house, checked by machine so that they stay true without a guardian."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import dev
from reminder.config.settings import KEYS

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 6
MOST_COMMENT_LINES = 4
# Written once, append only: a step lists its tables in one piece.
MIGRATIONS = "reminder/storage/migrations/"
# Read or run by others than by import: the door of `python -m`.
TESTED_ELSEWHERE = {"reminder/__main__.py"}
# A face is tested by what it answers, call by call and page by page, not by its modules.
FACES = ("api", "cli", "web")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[str]:
    """The Python files of some folders, by their path from the top."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def parsed(name: str) -> ast.Module:
    """One file as a syntax tree."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def imported(name: str) -> set[str]:
    """The packages from which a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def functions(name: str) -> Iterator[Function]:
    """Every function of a file, methods and inner ones too."""
    return (node for node in ast.walk(parsed(name)) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """The lines of a function without its docstring."""
    doc = ast.get_docstring(function, clean=False)
    return (function.end_lineno or 0) - function.lineno + 1 - (doc.count("\n") + 1 if doc else 0)


def parameters(function: Function) -> int:
    """The parameters of a function, ``self`` and ``cls`` not counted."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([arg for arg in every if arg.arg not in {"self", "cls"}])


def tracked() -> list[str]:
    """The files that belong to the project: what git knows or would take in."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        skipped = {".git", *dev.LEFTOVERS, "data", "__pycache__"}
        every = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return sorted(path.as_posix() for path in every if not skipped & set(path.parts))
    return [name for name in answer.stdout.splitlines() if (ROOT / name).is_file()]


def test_files_are_short() -> None:
    """No Python file is longer than 400 lines; near it, it becomes a folder."""
    sizes = {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name in [*sources("reminder", "tests"), "dev.py"]
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    """No function of the package is longer than 40 lines without its docstring."""
    long = [
        f"{name}:{function.lineno} {function.name} ({body_lines(function)})"
        for name in sources("reminder")
        if not name.startswith(MIGRATIONS)
        for function in functions(name)
        if body_lines(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_take_few_parameters() -> None:
    """No function of the package takes more than six parameters."""
    wide = [
        f"{name}:{function.lineno} {function.name} ({parameters(function)})"
        for name in sources("reminder")
        if not name.startswith("reminder/cli")  # an option of a command is a parameter
        for function in functions(name)
        if parameters(function) > MOST_PARAMETERS
    ]
    assert wide == []


def test_every_module_has_its_test_file() -> None:
    """``reminder/x/y.py`` is tested in ``tests/x/test_y.py``, or in a folder ``tests/x/y/``; each
    face has tests of its calls or pages."""
    assert all(list((ROOT / "tests" / face).glob("test_*.py")) for face in FACES)
    missing = []
    for name in sources("reminder"):
        path = Path(name)
        if path.name == "__init__.py" or name.startswith(MIGRATIONS) or name in TESTED_ELSEWHERE:
            continue
        if path.parts[1] in FACES:
            continue
        place = ROOT / "tests" / path.relative_to("reminder").parent
        own = place / f"test_{path.stem}.py"
        if not own.exists() and not list(place.glob(f"{path.stem}/test_*.py")):
            missing.append(own.relative_to(ROOT).as_posix())
    assert missing == []


def test_every_package_that_is_used_is_asked_for() -> None:
    """What ``reminder/`` imports stands in pyproject.toml: what only the tests need, or another
    package brings, may be missing or gone where the service is installed by itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[^\w-]", one)[0] for one in asked}
    known = packages_distributions()
    missing = {
        top
        for name in sources("reminder")
        for top in imported(name) - sys.stdlib_module_names - {"reminder"}
        if not {one.lower().replace("_", "-") for one in known.get(top, ())} & names
    }
    assert missing == set()


def test_packages_hold_no_code_in_their_init() -> None:
    """An ``__init__.py`` says what the package is and names what it offers; code has a file."""
    heavy = [
        name
        for name in sources("reminder")
        if name.endswith("__init__.py")
        and any(isinstance(node, Function | ast.ClassDef) for node in parsed(name).body)
    ]
    assert heavy == []


def undocumented(node: ast.AST, where: str) -> Iterator[str]:
    """The public classes and functions below a node that lack a docstring."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            if not ast.get_docstring(child):
                yield f"{where}:{child.lineno} {child.name}"
            if isinstance(child, ast.ClassDef):
                yield from undocumented(child, where)


def test_everything_public_is_documented() -> None:
    """Every module, public class and public function of the package has a docstring."""
    bare = [name for name in sources("reminder") if not ast.get_docstring(parsed(name))]
    bare += [
        entry
        for name in sources("reminder")
        if not name.startswith(MIGRATIONS)
        for entry in undocumented(parsed(name), name)
    ]
    assert bare == []


def test_every_test_says_what_it_promises() -> None:
    """Every test has a docstring."""
    silent = [
        f"{name}:{function.lineno} {function.name}"
        for name in sources("tests")
        for function in functions(name)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_the_map_is_right() -> None:
    """``docs/map.md`` matches the modules' docstrings; ``make map`` writes it anew."""
    assert dev.MAP.read_text(encoding="utf-8") == dev.drawn_map()


def test_config_toml_holds_every_setting_with_its_default() -> None:
    """``config.toml`` holds every setting with its default, and no other."""
    tables = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    written = {
        f"{table}.{key}": value for table, held in tables.items() for key, value in held.items()
    }
    assert written == {key.name: key.default for key in KEYS}


def test_config_toml_explains_every_setting() -> None:
    """Above every key of ``config.toml`` stand one to four lines of comment."""
    unexplained = []
    comments = 0
    for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z_]+ = ", line) and not 1 <= comments <= MOST_COMMENT_LINES:
            unexplained.append(line)
        comments = comments + 1 if line.startswith("# ") else 0
    assert unexplained == []


def test_the_changelog_has_an_unreleased_section() -> None:
    """What changes for the person who runs the service has a place to be written."""
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(dev.TASKS))
def test_every_task_is_a_target(target: str) -> None:
    """Every task of dev.py is a target of the Makefile, and says in one line what it does."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {
        word for line in lines if re.fullmatch(r"[\w -]+:", line) for word in line[:-1].split()
    }
    assert target in targets
    assert (dev.TASKS[target].__doc__ or "").strip().endswith(".")


def pins(lock: Path) -> set[str]:
    """The pinned packages of a lock file, with version and condition."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if re.match(r"\w", line)}


def test_the_locks_agree() -> None:
    """What the service runs with is what the tests run with, to the version."""
    assert pins(dev.RUN) <= pins(dev.DEV)


def forbidden_words() -> re.Pattern[str]:
    """Addresses of registries and folders of one machine; pieced together not to find itself."""
    hosts = ("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npm")
    places = ("index" + "-url", "/ho" + "me/[a-z]", "/ro" + "ot/", "/Us" + "ers/", "/wo" + "rk/")
    return re.compile("|".join((*hosts, *places)))


def test_no_file_names_a_registry_or_a_machine() -> None:
    """No tracked file holds a registry's host, an index option or a path of one machine."""
    words = forbidden_words()
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content and words.search(content.decode("utf-8", "replace")):
            found.append(name)
    assert found == []
