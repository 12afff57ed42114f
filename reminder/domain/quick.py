"""Values that are made by the ten thousand in a second: their making is half the cost of reading a
line."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quick(made: type[T]) -> type[T]:
    """Let a frozen dataclass with slots set them by their own setters, which takes half as long as
    ``object.__setattr__`` and the name of each. It has no factories and checks nothing itself."""
    named: dict[str, Any] = {}
    heads, body = ["self"], []
    for one in fields(made):  # type: ignore[arg-type]  # whatever is decorated is a dataclass
        name = one.name
        named[f"set_{name}"] = made.__dict__[name].__set__
        named[f"usual_{name}"] = one.default
        heads.append(name if one.default is MISSING else f"{name}=usual_{name}")
        body.append(f" set_{name}(self, {name})")
    exec(f"def __init__({', '.join(heads)}):\n" + "\n".join(body), named)  # noqa: S102 - as dataclasses does
    init, before = named["__init__"], made.__init__
    init.__qualname__, init.__annotations__ = before.__qualname__, before.__annotations__
    made.__init__ = init  # type: ignore[method-assign]  # of the same parameters
    return made
