"""The pages of docs/reference, made out of the code: ``make reference``.

Settings from config.toml, commands from the command line itself, calls from the OpenAPI
description, the webhook from a message that is really printed, operators from the catalogue, the
exact rules from the tests.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reminder.api.face import calls_of
from reminder.api.problems import HTTP_CODES, TABLE
from reminder.app import open_app
from reminder.catalogue.loading import load as load_catalogue
from reminder.catalogue.operator import Operator
from reminder.cli.entry import application
from reminder.config import load
from reminder.config.settings import KEYS
from reminder.rendering.messages import reminder_payload
from tests import rules
from tests.rendering.notices import cases, head

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
MADE = "Made by `make reference` out of the code; do not edit.\n"
OPERATOR_LANGUAGE = "en"
METHODS = ("get", "post", "patch", "delete")
Json = Mapping[str, Any]


def settings() -> str:
    """Every key of config.toml with its default, its variable, and what it does."""
    intro = (
        "Every setting stands in `config.toml` with its default. Each can also be set in the "
        "environment, under the name given here; the environment wins. `reminder config check` "
        "shows what is in force. A secret may also be read from a file named by its variable with "
        "`_FILE` at the end.\n"
    )
    said = ["# Settings\n", MADE, intro]
    secret = {key.name for key in KEYS if key.secret}
    table, comment = "", list[str]()
    for row in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\[(\w+)\]", row):
            table, comment = found[1], []
            said.append(f"## {table}\n")
        elif row.startswith("# "):
            comment.append(row.removeprefix("# "))
        elif table and (found := re.fullmatch(r"(\w+) = (.*)", row)):
            name = f"{table}.{found[1]}"
            mark = " (secret)" if name in secret else ""
            variable = f"REMINDER_{table}__{found[1]}".upper()
            said.append(f"### `{name}`{mark}\n\nDefault `{found[2]}` · `{variable}`\n")
            said.append(" ".join(comment) + "\n")
        else:
            comment = []
    return "\n".join(said)


def commands() -> str:
    """Every command with its arguments and options."""
    made = application().generate_docs(
        output_format="markdown", flatten_commands=True, heading_level=2
    )
    _, _, rest = made.partition("\n## reminder serve")
    rest = re.sub(r"\*\*(Arguments|Parameters|Commands)\*\*:", r"\1:", rest)
    intro = (
        "`LINE` is a number in any spelling, its label, or its id. Days are written `2026-12-01`, "
        "money `120.50`. Two options go with every command: `--config FILE` names the config file, "
        "and `--json` prints what programs can read. Exit code: 0 done, 1 refused, with one "
        "sentence, 2 wrong usage. With `REMINDER_URL` and `REMINDER_TOKEN` set, commands ask a "
        "service on another machine."
    )
    return f"# Commands\n\n{MADE}\n{intro}\n\n## reminder serve{rest.rstrip()}\n"


def described() -> Json:
    """The OpenAPI description of the API as it is."""

    async def ask() -> Json:
        with tempfile.TemporaryDirectory() as folder:
            environ = {"REMINDER_SERVER__DATA_DIR": folder}
            file = Path(folder) / "config.toml"
            file.touch()
            async with open_app(load(file, environ)) as app:
                return calls_of(app).openapi()

    return asyncio.run(ask())


def api() -> str:
    """Every call of the API, every shape, every error."""
    about = described()
    said = ["# API\n", MADE, about["info"]["description"] + "\n"]
    said.append(
        "All addresses begin with `/api/v1`. A running service shows this page at `/api/docs`, and "
        "the same for programs at `/api/v1/openapi.json`. A token: `reminder token create NAME`.\n"
    )
    said.append("## Calls\n")
    for path, methods in about["paths"].items():
        said += [_call(f"{m.upper()} {path}", methods[m]) for m in METHODS if m in methods]
    said.append("## Errors\n\n| Code | Status | Meaning |\n| --- | --- | --- |")
    rows = {error.code: (row.status, row.title) for error, row in TABLE.items()}
    rows |= {code: (status, title) for status, (code, title) in HTTP_CODES.items()}
    said += [f"| `{code}` | {s} | {t} |" for code, (s, t) in sorted(rows.items())]
    said.append("\n## Shapes\n")
    schemas = about.get("components", {}).get("schemas", {})
    said += [_shape(name, schema) for name, schema in sorted(schemas.items())]
    return "\n".join(said).rstrip() + "\n"


def _call(title: str, call: Json) -> str:
    words = str(call.get("description") or call.get("summary", ""))
    parts = [f"### {title}\n", words + ("" if call.get("security") else " Needs no token.") + "\n"]
    for one in call.get("parameters", []):
        says = f": {one['description']}" if one.get("description") else ""
        parts.append(f"- `{one['name']}` ({one['in']}){says}")
    body = call.get("requestBody", {}).get("content", {}).get("application/json")
    if body and body["schema"].get("properties"):
        parts.append("\nBody:\n\n" + _fields(body["schema"]))
    good = [status for status in call["responses"] if status.startswith("2")]
    answers = [f"{status} {_kind(_schema(call['responses'][status]))}".strip() for status in good]
    parts.append(f"\nAnswers: {', '.join(answers)}.\n")
    return "\n".join(parts)


def _schema(answer: Json) -> Json:
    found: Json = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _shape(name: str, schema: Json) -> str:
    says = " ".join(str(schema.get("description", "")).split())
    inner = _fields(schema) if "properties" in schema else _kind(schema)
    return f"### {name}\n\n{says}\n\n{inner}\n"


def _fields(schema: Json) -> str:
    rows = ["| Field | Type | |", "| --- | --- | --- |"]
    for name, one in schema["properties"].items():
        mark = " (needed)" if name in schema.get("required", []) else ""
        says = " ".join(str(one.get("description", "")).split()).replace("|", "\\|")
        rows.append(f"| `{name}`{mark} | {_kind(one)} | {says} |".replace("|  |", "| |"))
    return "\n".join(rows) + "\n"


def _kind(schema: Json) -> str:
    if not schema:
        return ""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}".strip()
    return str(schema.get("format") or schema.get("type", "any"))


def webhook() -> str:
    """What a webhook of format ``standard`` gets, as it is printed for one case."""
    one = cases()["short"]
    body = json.loads(reminder_payload(head("en", one), [one]))
    printed = json.dumps(body, ensure_ascii=False, indent=2)
    return (
        "# Webhook\n\n"
        f"{MADE}\n"
        "A channel of format `standard` gets a `POST` in the form of Standard Webhooks 1.0. "
        "Answer any 2xx; what is answered else is tried again for five days, 410 ends it.\n\n"
        "| Header | Holds |\n| --- | --- |\n"
        "| `webhook-id` | the delivery, `dlv_…`, the same at each retry: drop what you saw |\n"
        "| `webhook-timestamp` | when this try was signed, in seconds since 1970 |\n"
        "| `webhook-signature` | `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; two "
        "of them, with a space between, while a secret rotates |\n"
        "| `content-type` | `application/json` |\n"
        "| `user-agent` | `reminder/` and the version |\n\n"
        "The secret is shown once, when the channel is made; the key of the HMAC is the base64 "
        "after `whsec_`. Refuse what is older than five minutes.\n\n"
        "The body of one reminder. What is not known is `null`, never missing.\n\n"
        f"```json\n{printed}\n```\n\n"
        "Other types: `reminder.test`, and what is said of channels and people. Read `title` and "
        "`text` where you do not know a type.\n"
    )


def operators() -> str:
    """Every operator of the catalogue with what matters first."""
    rows = (_row(one) for one in load_catalogue().all() if one.country)
    return (
        "# Operators\n\n"
        f"{MADE}\n"
        "What the catalogue knows first of each. The page `/operators/ID` of a running service "
        "says it all, with the source and day of each fact; `reminder operators ID` too. *Kept* is "
        "after how many silent days a number may be taken back, where a source names it.\n\n"
        "| Id | Operator | Country | Balance | Kept | Official page |\n"
        "| --- | --- | --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def _row(one: Operator) -> str:
    check, rule, link = one.balance_check, one.keepalive.in_force, one.official_link
    asked = f"`{check.value.code}`" if check else ""
    about = "about " if rule and rule.value.about else ""
    kept = f"{about}{rule.value.days} days" if rule else ""
    names = " · ".join(dict.fromkeys(one.names.in_(lang) for lang in ("en", "ru", "zh")))
    page = link.url if link else ""
    return f"| `{one.id}` | {names} | {one.country} | {asked} | {kept} | {page} |"


def pages() -> Iterator[tuple[str, str]]:
    """Each page of the reference with its name."""
    makers = {
        "settings": settings,
        "commands": commands,
        "api": api,
        "webhook": webhook,
        "operators": operators,
        "rules": rules.page,
    }
    for name, make in makers.items():
        yield f"{name}.md", make()


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages():
        (FOLDER / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
