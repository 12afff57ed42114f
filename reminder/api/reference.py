"""The reference page ``/api/docs``: our own plain HTML, made out of the OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from html import escape
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from reminder.api.problems import HTTP_CODES, NOT_SIGNED_IN, TABLE
from reminder.errors import NotAllowed

_METHODS = ("get", "post", "patch", "delete")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def routes(calls: FastAPI) -> list[Route]:
    """The page and its style sheet."""
    return [
        Route("/docs", partial(_page, calls), name="docs"),
        Route("/docs.css", _style, name="docs.css"),
    ]


async def _page(calls: FastAPI, _: Request) -> Response:
    return HTMLResponse(page(calls.openapi()), headers=_HEADERS)


async def _style(_: Request) -> Response:
    text = (files("reminder.api") / "reference.css").read_text("utf-8")
    return Response(text, media_type="text/css", headers=_HEADERS)


def page(described: Mapping[str, Any]) -> str:
    """The whole page for an OpenAPI description."""
    about = described["info"]
    calls = "".join(_calls(described))
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in about["description"].split("\n\n"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(about['title'])} API</title>"
        '<link rel="stylesheet" href="docs.css"></head><body><main>'
        f"<h1>{escape(about['title'])} API {escape(about['version'])}</h1>{paragraphs}"
        "<p>All addresses begin with <code>/api/v1</code>; the same as a file for programs: "
        '<a href="v1/openapi.json">openapi.json</a>.</p>'
        f"<h2>Calls</h2>{calls}<h2>Errors</h2>{_codes()}"
        f"<h2>Shapes</h2>{''.join(_shapes(described))}</main></body></html>\n"
    )


def _calls(described: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in described["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield _call(f"{method.upper()} {path}", methods[method])


def _call(title: str, call: Mapping[str, Any]) -> str:
    token = "" if call.get("security") else " <small>needs no token</small>"
    says = escape(str(call.get("description") or call.get("summary", "")))
    parts = [f"<section><h3><code>{escape(title)}</code>{token}</h3><p>{says}</p>"]
    if call.get("parameters"):
        parts.append(f"<ul>{''.join(_parameter(one) for one in call['parameters'])}</ul>")
    body = call.get("requestBody", {}).get("content", {}).get("application/json")
    if body and body["schema"].get("properties"):
        parts.append(f"<h4>Body</h4>{_fields(body['schema'])}")
    answers = (_answer(status, one) for status, one in call["responses"].items())
    parts.append(f"<p>Answers: {', '.join(a for a in answers if a)}.</p></section>")
    return "".join(parts)


def _parameter(one: Mapping[str, Any]) -> str:
    says = f": {escape(one['description'])}" if one.get("description") else ""
    return f"<li><code>{escape(one['name'])}</code> ({escape(one['in'])}){says}</li>"


def _answer(status: str, one: Mapping[str, Any]) -> str:
    if not status.startswith("2"):
        return ""
    schema = one.get("content", {}).get("application/json", {}).get("schema", {})
    return f"{escape(status)} {_type(schema) if schema else ''}".strip()


def _fields(schema: Mapping[str, Any]) -> str:
    rows = []
    needed = schema.get("required", [])
    for name, one in schema["properties"].items():
        mark = " (needed)" if name in needed else ""
        says = escape(str(one.get("description", "")))
        rows.append(
            f"<tr><td><code>{escape(name)}</code>{mark}</td><td>{_type(one)}</td><td>{says}</td></tr>"
        )
    head = "<thead><tr><th>Field</th><th>Type</th><th></th></tr></thead>"
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(json.dumps(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = schema.get("format") or schema.get("title") or schema.get("type", "any")
    named = schema.get("type") if schema.get("type") != "object" else kind
    return escape(str(schema.get("format") or named or "any"))


def _shapes(described: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in sorted(described.get("components", {}).get("schemas", {}).items()):
        says = escape(str(schema.get("description", "")))
        inner = _fields(schema) if "properties" in schema else f"<p>{_type(schema)}</p>"
        head = f'<section id="shape-{escape(name)}"><h3>{escape(name)}</h3>'
        yield f"{head}<p>{says}</p>{inner}</section>"


def _codes() -> str:
    rows = {error.code: (row.status, row.title) for error, row in TABLE.items()}
    rows[NotAllowed.unknown_code] = (NOT_SIGNED_IN.status, NOT_SIGNED_IN.title)
    rows |= {code: (status, title) for status, (code, title) in HTTP_CODES.items()}
    lines = (
        f'<tr id="{escape(code)}"><td><code>{escape(code)}</code></td>'
        f"<td>{status}</td><td>{escape(title)}</td></tr>"
        for code, (status, title) in sorted(rows.items(), key=lambda item: (item[1], item[0]))
    )
    head = "<thead><tr><th>Code</th><th>Status</th><th></th></tr></thead>"
    return f"<table>{head}<tbody>{''.join(lines)}</tbody></table>"
