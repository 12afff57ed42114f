"""Style sheets and icon: read once when the pages are made, served under names with their hash."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).parent / "static"
SHEETS = ("tokens.css", "components.css", "pages.css")
ICON = "icon.svg"
_TYPES = {"css": "text/css", "svg": "image/svg+xml"}
_HASH_SIGNS = 12
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Sheets:
    """The files by the name under which they are served, ``tokens.0f3a….css``; and the same packed.
    Only they are packed: a page holds what is secret beside what a stranger may have written."""

    bodies: Mapping[str, bytes]
    packed: Mapping[str, bytes]

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths, in the order in which a page names them."""
        return tuple(f"/static/{name}" for name in self.bodies if name.endswith(".css"))

    @property
    def icon(self) -> str:
        """The path of the sign that browsers show on a tab."""
        return next(f"/static/{name}" for name in self.bodies if name.endswith(".svg"))

    async def serve(self, request: Request) -> Response:
        """One sheet, to be kept for ever: another content has another name."""
        name = str(request.path_params["name"])
        body = self.bodies.get(name)
        if body is None:
            return PlainTextResponse("There is no such sheet\n", status_code=404)
        headers = {"ETag": f'"{name}"', "Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == f'"{name}"':
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = self.packed[name]
        return Response(body, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


def load() -> Sheets:
    """Read the sheets from their folder."""
    bodies: dict[str, bytes] = {}
    for name in (*SHEETS, ICON):
        body = (FOLDER / name).read_bytes()
        stem, _, ending = name.rpartition(".")
        bodies[f"{stem}.{hashlib.sha256(body).hexdigest()[:_HASH_SIGNS]}.{ending}"] = body
    packed = {name: gzip.compress(body, mtime=0) for name, body in bodies.items()}
    return Sheets(bodies, packed)
