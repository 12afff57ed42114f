"""What a caller may send, as the OpenAPI describes it. The service reads the fields itself, so that
one answer names every fault; a test holds the two together."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from reminder.domain.delivery import Format

UseKind = Literal["call", "sms", "data", "payment", "other"]
_NUMBER = "In any spelling; without + it is read as national"
_MONEY = '{"amount": "120.50", "currency": "RUB"} or a decimal text in the line\'s currency'


class Amount(BaseModel):
    """An amount of the line's currency."""

    amount: str
    currency: str


class Asked(BaseModel):
    """What all requests share: a field that is not listed is refused."""

    model_config = ConfigDict(extra="forbid")


class LinePatch(Asked):
    """A merge patch of a line: what is left out stays, null takes away."""

    number: str | None = Field(None, description=_NUMBER)
    operator: str | None = Field(None, description="An id of the catalogue; null is `other`")
    label: str | None = Field(None, max_length=100)
    plan: Literal["prepaid", "postpaid"] | None = None
    currency: str | None = Field(None, description="ISO 4217; cannot be changed later")
    balance: str | Amount | None = Field(None, description=f"A reading of now: {_MONEY}")
    fee: str | Amount | None = Field(None, description=_MONEY)
    renews_on: date | None = Field(None, description="The day of the next fee, today or later")
    anchor: date | None = Field(
        None, description="An earlier day that `renews_on` is counted from: the 31st in February"
    )
    period: str | None = Field(None, description="P1M, P30D, P4W, P1Y, P1D; null = once")
    charged_by: Literal["operator", "owner"] | None = None
    low_balance: str | Amount | None = Field(None, description=_MONEY)
    autopay: bool | None = None
    last_active_on: date | None = None
    inactivity_days: int | None = Field(None, ge=1, le=3650)
    lead_times: list[str] | None = Field(None, description="Whole days, P7D")
    timezone: str | None = Field(None, description="IANA name of the operator's zone")
    channels: list[str] | None = Field(None, description="Ids; none = all your channels")
    tied_channels: list[str] | None = Field(
        None, description="Ids of channels that work only while this number does"
    )
    tags: list[str] | None = Field(None, description="Words to find it by, at most 10 of 30 signs")
    note: str | None = Field(None, max_length=2000)
    top_up_url: str | None = Field(None, description="https://…, shown as your own link")


class NewLine(LinePatch):
    """A line to register. Needed besides `number`: `renews_on`, or `last_active_on`, or `balance`
    with `low_balance`."""

    number: str = Field(description=_NUMBER)


class NewReading(Asked):
    """A balance as it was seen, now or at the end of an earlier day: ``balance`` itself, or the
    ``text`` that the operator answered."""

    balance: str | Amount | None = Field(None, description=_MONEY)
    text: str | None = Field(
        None, max_length=4000, description="The operator's answer; what is not certain: 422"
    )
    on: date | None = None


class TopUp(Asked):
    """A sum that was paid in, and the whole balance after it if it was seen."""

    amount: str | Amount = Field(description=_MONEY)
    on: date | None = None
    balance: str | Amount | None = None
    used: UseKind | None = Field(
        None, description="That it was used that day as well: a top-up alone may not count as use"
    )


class Renewal(Asked):
    """A renewal: without a day the anchor stays, with one it is the new anchor."""

    on: date | None = None


class Use(Asked):
    """That the number was used."""

    on: date | None = None
    kind: UseKind | None = Field(None, description="How; `payment` is anything paid by balance")


class Snooze(Asked):
    """Nothing about the line until that day: tomorrow to 14 days on."""

    until: date


class Nothing(Asked):
    """An empty object, or no body at all."""


class NewChannel(Asked):
    """A mailbox (`address`) or a webhook (`url`, `format`, `secret`)."""

    kind: Literal["email", "webhook"]
    address: str | None = None
    url: str | None = None
    format: Format | None = None
    secret: str | None = Field(
        None, description="whsec_…; left out, one is made. feishu, dingtalk: the robot's own"
    )
    label: str | None = None
    use: Literal["always", "fallback"] | None = None


class ChannelPatch(Asked):
    """A merge patch of a channel."""

    label: str | None = None
    use: Literal["always", "fallback"] | None = None
    state: Literal["works", "stopped"] | None = None
    rotate_secret: bool | None = None


class Edit(Asked):
    """What to change of which lines: `lines` by their ids, or `all` that the filters find."""

    lines: list[str] | None = None
    all: bool | None = None
    q: str | None = Field(None, description="A number in any spelling, a name, a tag, a note")
    needs: str | None = Field(None, description="`me`: only those that need somebody")
    operator: str | None = None
    state: str | None = None
    clock: str | None = None
    tag: str | None = None
    fee: str | Amount | None = Field(None, description=_MONEY)
    period: str | None = None
    charged_by: Literal["operator", "owner"] | None = None
    lead_times: list[str] | None = None
    channels: list[str] | None = None
    add_tag: str | None = None
    remove_tag: str | None = None
    dry_run: bool | None = None
    keep_good: bool | None = None
    expected: str | None = Field(None, description="The `expected` of a dry run")


class TopUps(Asked):
    """A list of top-ups: a number and a sum on each row, in any spelling."""

    text: str = Field(examples=["+7 916 123-45-67;300\n89261234568 179,50"])
    on: date | None = Field(None, description="The day they were paid; today if none is named")
    dry_run: bool | None = None
    keep_good: bool | None = None
    undo: bool | None = Field(None, description="Take back what the same list did")


class NewWatcher(Asked):
    """Somebody to invite, by their address here, to see the numbers of a tag."""

    address: str
    tag: str = Field(max_length=30)


class Trip(Asked):
    """Days in another zone, the first and the last included."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    first_day: str = Field(examples=["2026-12-01"])
    last_day: str = Field(examples=["2026-12-20"])


class MePatch(Asked):
    """A merge patch of your settings; null puts the service's default back."""

    language: Literal["zh", "ru", "en"] | None = None
    timezone: str | None = None
    at: str | None = Field(None, examples=["09:00"])
    quiet_hours: str | None = Field(None, examples=["22:00-08:00"])
    lead_times: list[str] | None = None
    inactivity_lead_times: list[str] | None = None
    after_times: list[str] | None = None
    when_covered: Literal["once", "always", "never"] | None = None
    place: str | None = None
    pay: str | None = None
    numbers: Literal["usual", "masked", "whole"] | None = None
    second_contact: str | None = Field(None, examples=["boris@example.org"])
    trips: list[Trip] | None = None


class NewOwner(Asked):
    """A person to add; the first one is administrator."""

    address: str
    admin: bool | None = None
    language: Literal["zh", "ru", "en"] | None = None
    timezone: str | None = None


class NewToken(Asked):
    """A token to make, never above the scope of the one that asks."""

    name: str = Field(max_length=100)
    scope: Literal["read", "write", "admin"] = "write"


def body(model: type[BaseModel]) -> dict[str, object]:
    """The ``requestBody`` of a call, for FastAPI's ``openapi_extra``."""
    schema = model.model_json_schema()
    inner = schema.pop("$defs", {})
    for prop in schema.get("properties", {}).values():
        for place, choice in enumerate(prop.get("anyOf", [])):
            prop["anyOf"][place] = _written_out(choice, inner)
    return {
        "requestBody": {
            "required": bool(schema.get("required")),
            "content": {"application/json": {"schema": schema}},
        }
    }


def _written_out(choice: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    """A choice of a schema with what it refers to in its place, in a list too."""
    if "items" in choice:
        return {**choice, "items": _written_out(choice["items"], inner)}
    name = str(choice.get("$ref", "")).rpartition("/")[2]
    return cast("dict[str, Any]", inner[name]) if name else choice
