"""The tables of config.toml: every key, its type and its default, as they stand in the file."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)

from reminder.config import smtp, values

SHORTEST_KEY = 32


def _folder(info: ValidationInfo) -> Path:
    """The folder that relative paths start from."""
    return Path(info.context["folder"]) if info.context else Path()


def _within(low: int, high: int) -> BeforeValidator:
    """A whole number from ``low`` to ``high``."""

    def check(value: object) -> int:
        number = values.whole(value)
        if not low <= number <= high:
            raise ValueError(f"must be from {low} to {high}")
        return number

    return BeforeValidator(check)


def _lasting(low: str, high: str) -> BeforeValidator:
    """A duration from ``low`` to ``high``."""

    def check(value: object) -> timedelta:
        span = values.duration(value)
        if not values.duration(low) <= span <= values.duration(high):
            raise ValueError(f'must be from "{low}" to "{high}"')
        return span

    return BeforeValidator(check)


def _path(value: object, info: ValidationInfo) -> Path:
    """A path, absolute from the config file's folder."""
    written = values.text(value)
    if not written:
        raise ValueError('must name a folder, as "data"')
    return _folder(info) / Path(written).expanduser()


def _signing_key(secret: SecretStr) -> SecretStr:
    """The key, refused when it is set but short enough to be guessed."""
    if 0 < len(secret.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f'must be at least {SHORTEST_KEY} characters long, or "" to have one made')
    return secret


def _database_url(secret: SecretStr, info: ValidationInfo) -> SecretStr:
    return SecretStr(values.database(secret.get_secret_value(), _folder(info)))


def _mail_url(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value():
        smtp.parse(secret.get_secret_value())
    return secret


Networks = Annotated[tuple[values.Network, ...], BeforeValidator(values.networks)]
Days = Annotated[tuple[int, ...], BeforeValidator(values.days)]
DaysAfter = Annotated[tuple[int, ...], BeforeValidator(values.days_after)]
Secret = Annotated[SecretStr, BeforeValidator(values.text)]


class Table(BaseModel):
    """What all tables share: frozen, no other keys, and defaults checked like any value."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def _watcher(value: SecretStr) -> SecretStr:
    """An address to call, or nothing."""
    if value.get_secret_value():
        values.watcher(value.get_secret_value())
    return value


class Server(Table):
    """``[server]``: where the service listens, what it is called from outside, where it keeps."""

    host: Annotated[str, BeforeValidator(values.host)] = "127.0.0.1"
    port: Annotated[int, _within(1, 65535)] = 8080
    base_url: Annotated[str, BeforeValidator(values.web_address)] = "http://localhost:8080"
    data_dir: Annotated[Path, BeforeValidator(_path)] = Field(default="data", validate_default=True)
    key: Annotated[Secret, AfterValidator(_signing_key)] = Field(default="", validate_default=True)
    trusted_proxies: Networks = Field(default=[], validate_default=True)
    log: Literal["text", "json"] = "text"

    @property
    def key_file(self) -> Path:
        """Where the key is kept that the service made for itself."""
        return self.data_dir / "key"


class Database(Table):
    """``[database]``: empty for the SQLite file in ``data_dir``."""

    url: Annotated[Secret, AfterValidator(_database_url)] = Field(default="", validate_default=True)


class Email(Table):
    """``[email]``: the mail server and the address that mail comes from."""

    url: Annotated[Secret, AfterValidator(_mail_url)] = Field(default="", validate_default=True)
    sender: Annotated[str, BeforeValidator(values.mailbox)] = "Reminder <reminder@localhost>"

    @property
    def server(self) -> smtp.Smtp | None:
        """The mail server, or none when mail is kept in ``data_dir/outbox``."""
        written = self.url.get_secret_value()
        return smtp.parse(written) if written else None


class Webhooks(Table):
    """``[webhooks]``: what may be called, how long a call may take, how many at once."""

    allow_networks: Networks = Field(default=[], validate_default=True)
    timeout: Annotated[timedelta, _lasting("1s", "45s")] = Field(
        default="20s", validate_default=True
    )
    concurrency: Annotated[int, _within(1, 4096)] = 128


class Reminders(Table):
    """``[reminders]``: what an owner who says nothing else is given."""

    at: Annotated[time, BeforeValidator(values.clock)] = Field(
        default="09:00", validate_default=True
    )
    lead_times: Days = Field(default=["7d", "3d", "1d", "0d"], validate_default=True)
    inactivity_lead_times: Days = Field(
        default=["30d", "14d", "7d", "3d", "1d"], validate_default=True
    )
    after_times: DaysAfter = Field(default=["1d", "3d", "7d", "14d"], validate_default=True)
    when_covered: Literal["once", "always", "never"] = "once"
    quiet_hours: Annotated[values.QuietHours | None, BeforeValidator(values.quiet_hours)] = Field(
        default="22:00-08:00", validate_default=True
    )
    timezone: Annotated[str, BeforeValidator(values.zone)] = "Europe/Moscow"
    language: Literal["zh", "ru", "en"] = "en"


class Access(Table):
    """``[access]``: who may become an owner, and who may read the metrics."""

    sign_up: Literal["closed", "invite", "open"] = "closed"
    metrics: Literal["off", "token", "open"] = "off"


class Engine(Table):
    """``[engine]``: which part of the work this process does, and how it gets it."""

    role: Literal["all", "web", "worker"] = "all"
    handover: Annotated[str, BeforeValidator(values.handover)] = "inline"
    stream: Annotated[str, BeforeValidator(values.stream)] = "reminder"
    stream_size: Annotated[int, _within(100, 100_000_000)] = 100_000
    stream_keep: Annotated[timedelta, _lasting("1m", "7d")] = Field(
        default="15m", validate_default=True
    )
    stream_replicas: Annotated[int, _within(1, 5)] = 1
    batch: Annotated[int, _within(1, 10_000)] = 200
    node: Annotated[str, BeforeValidator(values.node)] = ""


class Service(Table):
    """``[service]``: how the service shows that it lives."""

    watcher: Annotated[Secret, AfterValidator(_watcher)] = Field(default="", validate_default=True)
    watcher_every: Annotated[timedelta, _lasting("1m", "1d")] = Field(
        default="5m", validate_default=True
    )
    sign_of_life: Literal["monthly", "never"] = "monthly"


class Backup(Table):
    """``[backup]``: how many nightly copies of the SQLite file are kept."""

    keep: Annotated[int, _within(0, 1000)] = 7


class History(Table):
    """``[history]``: how long what is over is kept."""

    keep: Annotated[timedelta, _lasting("1d", "36500d")] = Field(
        default="400d", validate_default=True
    )
