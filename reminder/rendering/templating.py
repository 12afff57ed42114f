"""The templates that messages are printed with: the shipped ones, and a site's own before them.

A site's own template runs in a sandbox: it may print the values it is given, and nothing else. It
cannot call, reach behind a value, count without end or grow without end; and one that breaks while
a message is printed is left aside for the shipped one, so that no reminder is lost by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import orjson
import structlog
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    StrictUndefined,
    Undefined,
    select_autoescape,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reminder.rendering.naming import within
from reminder.rendering.skeleton import Skeletons

T = TypeVar("T")
log = structlog.get_logger(__name__)
LONGEST_OUTPUT = 2_000_000
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"}
)
_FILTERS = frozenset(
    {
        *("capitalize", "count", "d", "default", "e", "escape", "first", "fit", "join", "last"),
        *("length", "list", "lower", "map", "reject", "rejectattr", "replace", "reverse"),
        *("select", "selectattr", "sort", "string", "title", "tojson", "trim", "unique", "upper"),
    }
)


class BadTemplate(ValueError):
    """What a template printed cannot be used; ``template`` is its name."""

    def __init__(self, template: str, why: str) -> None:
        self.template = template
        super().__init__(why)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Values, loops over them, and a few filters; no calls but of macros, no arithmetic."""

    intercepted_binops = frozenset({"*", "**", "%", "/", "//"})

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        del value
        if isinstance(obj, LoopContext):
            return attr in _LOOP
        if is_dataclass(obj):
            held = {one.name for one in fields(obj)}
            return attr in held or isinstance(getattr(type(obj), attr, None), property)
        return isinstance(obj, TemplateReference) and not attr.startswith("_")

    def is_safe_callable(self, obj: object) -> bool:
        if isinstance(obj, Undefined):
            str(obj)  # raises, and names what is missing
        return isinstance(obj, Macro | BlockReference)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        del context, left, right
        raise SecurityError(f"a template does no arithmetic, but here stands {operator}")


@dataclass(frozen=True, slots=True)
class Press:
    """One set of templates, ready to print. ``limit`` bounds what one may print; ``skeletons`` are
    there where the templates do no more with a value than to print it."""

    environment: Environment
    limit: int | None = None
    skeletons: Skeletons | None = None

    def text(self, name: str, values: Mapping[str, object]) -> str:
        """What a template makes of the values."""
        template = self.environment.get_template(name)
        if self.limit is None:
            return template.render(values)
        pieces, room = [], self.limit
        for piece in template.generate(values):
            room -= len(piece)
            if room < 0:
                raise BadTemplate(name, f"it prints more than {self.limit} signs")
            pieces.append(piece)
        return "".join(pieces)

    def pages(self, names: Sequence[str], values: Mapping[str, object]) -> list[str]:
        """What each of these templates makes of the values; where they are ours, what stands around
        the values is not printed anew."""
        if self.skeletons is None:
            return [self.text(name, values) for name in names]
        return self.skeletons.print(names, values)

    def json(self, name: str, values: Mapping[str, object]) -> object:
        """The JSON that a template makes; raises :class:`BadTemplate` if it is none."""
        printed = self.text(name, values)
        try:
            return orjson.loads(printed)
        except orjson.JSONDecodeError as error:
            raise BadTemplate(name, f"it prints no JSON: {error}") from error


@dataclass(frozen=True, slots=True)
class Own:
    """A template of the site's own: where it stands, and its source."""

    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class Templates:
    """The shipped templates with a site's own, by name, before them. ``strict``: what breaks in
    the site's own is raised, not passed over."""

    own: Mapping[str, Own] = field(default_factory=lambda: MappingProxyType({}))
    strict: bool = False
    _press: Press | None = None

    @classmethod
    def with_own(cls, own: Mapping[str, Own]) -> Templates:
        """Put a site's own templates before the shipped ones."""
        return cls(own, _press=Press(_sandbox(own), LONGEST_OUTPUT) if own else None)

    def print(self, use: Callable[[Press], T]) -> T:
        """Print with the site's own templates; where they break, with the shipped ones alone."""
        if self._press is not None:
            try:
                return use(self._press)
            except Exception as error:
                if self.strict:
                    raise
                log.warning("own template not used", why=f"{type(error).__name__}: {error}")
        return use(shipped_press())


SHIPPED = Templates()


@lru_cache(maxsize=1)
def shipped_press() -> Press:
    """The shipped templates alone; they are ours, so nothing bounds them."""
    environment = _environment(Environment, PackageLoader("reminder.rendering"))
    return Press(environment, skeletons=Skeletons(Press(environment).text))


@lru_cache(maxsize=1)
def shipped_names() -> frozenset[str]:
    """The names that a site's own template can have, those of parts included."""
    return frozenset(shipped_press().environment.list_templates())


def _sandbox(own: Mapping[str, Own]) -> Environment:
    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        held = own.get(name)
        return (held.source, str(held.path), lambda: True) if held else None

    loader = ChoiceLoader([FunctionLoader(load), PackageLoader("reminder.rendering")])
    made = _environment(_Sandbox, loader)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    return made


def _environment(kind: type[Environment], loader: BaseLoader) -> Environment:
    made = kind(
        loader=loader,
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["fit"] = within
    return made
