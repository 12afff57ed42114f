"""All settings in force, each with the place it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, PrivateAttr, SecretStr, ValidationError

from reminder.config.sources import Key, Source, hint, read_environment, read_file
from reminder.config.tables import (
    Access,
    Backup,
    Database,
    Email,
    Engine,
    History,
    Reminders,
    Server,
    Service,
    Table,
    Webhooks,
)
from reminder.errors import ConfigError

DEFAULT_FILE = Path("config.toml")
STARS = "****"
_TABLES: Mapping[str, type[Table]] = {
    "server": Server,
    "database": Database,
    "email": Email,
    "webhooks": Webhooks,
    "reminders": Reminders,
    "access": Access,
    "engine": Engine,
    "service": Service,
    "backup": Backup,
    "history": History,
}
_SECRETS = frozenset({"server.key", "database.url", "email.url", "service.watcher"})
KEYS = tuple(
    Key(f"{table}.{name}", info.default, f"{table}.{name}" in _SECRETS)
    for table, model in _TABLES.items()
    for name, info in model.model_fields.items()
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What was read, as written, and from where: the context in which it is typed."""

    file: Path | None = None
    written: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)


class Settings(BaseModel):
    """Everything config.toml says, typed and frozen; made by :func:`load`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: Server
    database: Database
    email: Email
    webhooks: Webhooks
    reminders: Reminders
    access: Access
    engine: Engine
    service: Service
    backup: Backup
    history: History
    _origin: Origin = PrivateAttr(default_factory=Origin)

    def model_post_init(self, context: object, /) -> None:
        """Keep where the values came from."""
        if isinstance(context, Mapping):
            self._origin = context["origin"]

    @property
    def file(self) -> Path | None:
        """The config file in force, if there is one."""
        return self._origin.file

    @property
    def database_url(self) -> str:
        """The database's whole URL, with its password: for the database alone."""
        chosen = self.database.url.get_secret_value()
        return chosen or f"sqlite:///{self.server.data_dir / 'reminder.db'}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a file that one process owns."""
        return self.database_url.startswith("sqlite:")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        if not self.on_sqlite:
            return None
        return Path(self.database_url.removeprefix("sqlite:///"))

    def source_of(self, key: str) -> Source:
        """Where the value of a key (``server.port``) was set."""
        return self._origin.sources.get(key, Source.DEFAULT)

    def described(self) -> list[tuple[str, str, Source]]:
        """Every key with its value as config.toml would write it, secrets as stars, and source."""
        return [(key.name, self._shown(key), self.source_of(key.name)) for key in KEYS]

    def _shown(self, key: Key) -> str:
        table, _, name = key.name.partition(".")
        value = getattr(getattr(self, table), name)
        if isinstance(value, SecretStr):
            return json.dumps(STARS if value.get_secret_value() else "")
        if isinstance(value, Path):
            return json.dumps(str(value), ensure_ascii=False)
        written = self._origin.written.get(key.name, key.default)
        if key.name == "engine.handover":
            written = _without_password(str(written))
        return json.dumps(written, ensure_ascii=False)

    def warnings(self) -> list[str]:
        """One sentence for each thing that is allowed but seldom meant."""
        found = _about_mail(self) + _about_reach(self)
        return [sentence for applies, sentence in found if applies]


def _without_password(url: str) -> str:
    """An address with stars in place of who signs in there."""
    scheme, mark, rest = url.rpartition("@")
    return f"{scheme.partition('://')[0]}://{STARS}@{rest}" if mark else url


def _about_mail(settings: Settings) -> list[tuple[bool, str]]:
    silent, sign_up = settings.email.server is None, settings.access.sign_up
    return [
        (
            silent,
            (
                "email.url is empty: mail is not sent but kept in data_dir/outbox "
                "and shown at /outbox."
            ),
        ),
        (
            not silent and _is_local(settings.server.base_url),
            (
                "server.base_url is on localhost: the links in sent mail will not open "
                "on another machine."
            ),
        ),
        (
            silent and sign_up != "closed",
            (
                f'access.sign_up is "{sign_up}" but email.url is empty: '
                "sign-in links reach nobody by mail."
            ),
        ),
        (
            _is_quiet(settings.reminders),
            "reminders.at lies in reminders.quiet_hours: messages wait until these end.",
        ),
    ]


def _about_reach(settings: Settings) -> list[tuple[bool, str]]:
    return [
        (
            any(net.prefixlen == 0 for net in settings.webhooks.allow_networks),
            (
                "webhooks.allow_networks holds every address: administrators' channels may call "
                "any machine that this one can reach."
            ),
        ),
        (
            any(net.prefixlen == 0 for net in settings.server.trusted_proxies),
            (
                "server.trusted_proxies holds every address: anyone can claim another address "
                "and pass the rate limits."
            ),
        ),
        (
            not settings.on_sqlite and not settings.server.key.get_secret_value(),
            ("server.key is empty: a second node needs the same key, and is refused with another."),
        ),
        (
            not settings.on_sqlite and settings.email.server is None,
            (
                "email.url is empty: each node keeps the mail that it would send in its own "
                "data_dir/outbox, and /outbox shows what lies on the node that answers."
            ),
        ),
    ]


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read, type and check all settings: environment before file before default.

    ``path`` is the file the caller named; without one ``REMINDER_CONFIG`` names it. A named file
    must exist; the unnamed ``config.toml`` of the current folder may be missing. Raises
    :class:`ConfigError` with one sentence a fault, all faults at once.
    """
    file = _chosen(path, environ)
    folder = (file.parent if file else Path()).absolute()
    tables: dict[str, object] = {name: {} for name in _TABLES} | (read_file(file) if file else {})
    overrides, faults = read_environment(KEYS, environ, folder)
    context = {"folder": folder, "origin": _origin(file, tables, overrides)}
    try:
        settings = Settings.model_validate(_merged(tables, overrides), context=context)
    except ValidationError as error:
        raise ConfigError("\n".join(faults + _sentences(error))) from None
    faults += _impossible(settings)
    if faults:
        raise ConfigError("\n".join(faults))
    return settings


def _chosen(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read, or none when nobody named one and there is none."""
    named = path or (Path(environ["REMINDER_CONFIG"]) if environ.get("REMINDER_CONFIG") else None)
    if named is None:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not named.expanduser().is_file():
        raise ConfigError(f"{named}: there is no such file; name the config file you mean.")
    return named.expanduser()


def _merged(tables: Mapping[str, object], overrides: Mapping[str, object]) -> dict[str, object]:
    """The tables with the overrides in their places; what is no table stays, to be refused."""
    merged = dict(tables)
    for name, value in overrides.items():
        table, _, key = name.partition(".")
        held = merged[table]
        if isinstance(held, dict):
            merged[table] = held | {key: value}
    return merged


def _origin(
    file: Path | None, tables: Mapping[str, object], overrides: Mapping[str, object]
) -> Origin:
    """Each key's value as written, and its source."""
    written: dict[str, object] = {}
    for table, held in tables.items():
        if isinstance(held, dict):
            written |= {f"{table}.{key}": value for key, value in held.items()}
    sources = dict.fromkeys(written, Source.FILE)
    sources |= dict.fromkeys(overrides, Source.ENVIRONMENT)
    return Origin(file, written | dict(overrides), sources)


def _sentences(error: ValidationError) -> list[str]:
    """One sentence a fault, each beginning with the key's full name; never a value of a secret."""
    known = [key.name for key in KEYS]
    found = []
    for fault in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in fault["loc"][:2])
        match fault["type"]:
            case "value_error":
                reason = str(fault["ctx"]["error"])
            case "literal_error":
                reason = f"must be {fault['ctx']['expected']}"
            case "extra_forbidden":
                names = known if "." in name else list(_TABLES)
                reason = f"there is no such setting{hint(name, names)}"
            case _:
                reason = f"must be a table of its own: [{name}]"
        found.append(f"{name}: {reason}.")
    return found


def _impossible(settings: Settings) -> list[str]:
    """Pairs of values that are right alone and wrong together."""
    if not settings.on_sqlite:
        return []
    remedy = "set database.url to a PostgreSQL address"
    found = []
    if settings.engine.role != "all":
        found.append(
            f'engine.role: "{settings.engine.role}" shares the work between processes, which one '
            f'SQLite file cannot serve; write "all", or {remedy}.'
        )
    if settings.engine.handover != "inline":
        found.append(
            "engine.handover: a broker hands work to other processes, which one SQLite file "
            f'cannot serve; write "inline", or {remedy}.'
        )
    return found


def _is_local(base_url: str) -> bool:
    """Whether an address opens on this machine only."""
    name = urlsplit(base_url).hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_quiet(reminders: Reminders) -> bool:
    """Whether the hour of reminders lies in the quiet hours."""
    if reminders.quiet_hours is None:
        return False
    (start, end), at = reminders.quiet_hours, reminders.at
    return start <= at < end if start < end else at >= start or at < end
