"""Where settings come from: the file and the environment, as written, before they are typed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from reminder.errors import ConfigError

PREFIX = "REMINDER_"
_FILE = "_FILE"


class Source(StrEnum):
    """Where a value in force was set; the environment wins over the file, the file over all."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Key:
    """One setting by its full name (``server.port``), its default as written, and its secrecy."""

    name: str
    default: object
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.replace(".", "__").upper()


def read_file(path: Path) -> dict[str, object]:
    """The tables of a TOML file, as written. Raises :class:`ConfigError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise ConfigError(f"{path}: is no valid TOML in UTF-8: {error}.") from error


def read_environment(
    keys: Iterable[Key], environ: Mapping[str, str], folder: Path
) -> tuple[dict[str, object], list[str]]:
    """The values that ``environ`` sets, by full name, and one sentence a fault.

    A list is written as JSON or with commas. A secret may stand in a file that ``…_FILE`` names,
    relative to ``folder``; the line break at its end is not part of it.
    """
    known = {key.variable: key for key in keys}
    known |= {key.variable + _FILE: key for key in keys if key.secret}
    found: dict[str, object] = {}
    faults: list[str] = []
    for variable in sorted(v for v in environ if v.startswith(PREFIX) and "__" in v):
        key = known.get(variable)
        if key is None:
            faults.append(f"{variable}: there is no such setting{hint(variable, known)}.")
        elif key.name in found:
            faults.append(f"{key.name}: is set by {key.variable} and by its {_FILE}; keep one.")
        elif variable == key.variable:
            found[key.name] = _as_written(environ[variable], key.default)
        else:
            try:
                found[key.name] = _from_file(folder / environ[variable])
            except (OSError, ValueError):
                faults.append(f"{key.name}: the file that {variable} names cannot be read.")
    return found, faults


def hint(wrong: str, right: Iterable[str]) -> str:
    """The nearest right name as the rest of a sentence, or nothing."""
    near = get_close_matches(wrong, list(right), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}" if near else ""


def _from_file(path: Path) -> str:
    return path.expanduser().read_text(encoding="utf-8").rstrip("\r\n")


def _as_written(text: str, default: object) -> object:
    """A variable's text in the shape its key has in the file."""
    if isinstance(default, list):
        if text.lstrip().startswith("["):
            try:
                parsed: object = json.loads(text)
            except ValueError:
                return text
            return parsed
        return [part.strip() for part in text.split(",")] if text.strip() else []
    if isinstance(default, int) and text.strip().isdecimal():
        return int(text)
    return text
