"""The log: lines for people, or JSON for machines, on standard error, with nothing secret in them.

What is logged is short phrases and ids by rule; the mask at the end is for what slips through,
such as an address in the sentence of a foreign error. A trace names places in the code and never
the values that stood there.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Literal

import orjson
import structlog

Form = Literal["text", "json"]
Event = MutableMapping[str, Any]
_MASKS = (
    # An address of the web or of a server: who signs in there, the path and the query are left out.
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/@]*@)?([^\s/?#\"']+)[^\s\"']*"), r"\1\2/…"),
    (re.compile(r"[^\s@<>\"'=,;:()]+@[^\s@<>\"',;:()]+"), "…@…"),
    (re.compile(r"\b(rmd|whsec|SEC|Bearer|bot)[_ ]?[A-Za-z0-9+/=_:-]{8,}"), r"\1…"),
    # Ids have twenty signs; what is longer is a token, a key, or the end of a link.
    (re.compile(r"(?<![\w+/-])[A-Za-z0-9_+/=-]{26,}"), "…"),
    (
        re.compile(
            r"(?<![\w.:-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ \u00a0\u202f().-]{0,2}\d){6,}(?![\w:])"
        ),
        "+…",
    ),
)
_PLACES = 12


def set_up(form: Form) -> None:
    """Log in this form from now on. People get what is worth reading; ``json`` also has a line for
    each request and each try."""
    level = logging.DEBUG if form == "json" else logging.INFO
    structlog.configure(
        processors=[*_shared(), *_last(form)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_logger,
        cache_logger_on_first_use=False,
    )


def take_in(form: Form) -> None:
    """Let what libraries log leave in the same form: for the process that serves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _logger(*_: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _traced,
        _masked,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _last(form: Form) -> list[Any]:
    if form == "json":
        return [structlog.processors.JSONRenderer(serializer=_json)]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def _traced(_logger: object, _name: str, event: Event) -> Event:
    """Say of an error what it is and where it came from, without the values of its frames."""
    error = event.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = sys.exc_info()[1] if error is True else error[1]
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__name__}: {error}"
        places = traceback.extract_tb(error.__traceback__)[-_PLACES:]
        event["trace"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
    return event


def _masked(_logger: object, _name: str, event: Event) -> Event:
    trace = event.pop("trace", None)
    for key, value in event.items():
        event[key] = masked(value)
    if trace is not None:
        event["trace"] = trace
    return event


def masked(value: object) -> object:
    """A value with addresses, numbers, tokens and the paths of links left out.

    >>> masked("550 no anna@example.org, ask +7 916 123-45-67")
    '550 no …@…, ask +…'
    >>> masked("https://anna:secret@example.org/hook/t0ken?x=1 of dlv_06h0nphc00000000")
    'https://example.org/… of dlv_06h0nphc00000000'
    """
    if isinstance(value, str):
        for pattern, instead in _MASKS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {key: masked(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [masked(one) for one in value]
    return value
