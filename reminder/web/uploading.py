"""A form with a file in it, read as it arrives: it may be larger than any other form."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from reminder.errors import InvalidInput
from reminder.service.transfer.uploads import LARGEST_FILE

FRAME = 64 * 1024
DRAINED = 4
_MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form with a file held: its fields, and the file with its name, if one was chosen."""

    fields: dict[str, str]
    name: str = ""
    file: BinaryIO | None = None


async def sent(request: Request) -> Sent:
    """Read a form with a file. Raises InvalidInput when it is too large, torn or empty.

    What is too much is read and thrown away up to a bound, for a browser that is cut off while it
    sends shows no answer.
    """
    stream = request.stream()
    parser = MultiPartParser(
        request.headers, _at_most(stream), max_files=1, max_fields=_MOST_FIELDS
    )
    try:
        form = await parser.parse()
    except _TooLargeError as error:
        await _drain(stream)
        raise InvalidInput.of("file", "A file to import holds 32 MB at most: split it") from error
    except MultiPartException as error:
        raise InvalidInput.of("file", "The file did not arrive whole: send it again") from error
    return _read(form)


def _read(form: FormData) -> Sent:
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    for value in form.values():
        if isinstance(value, UploadFile):
            if value.filename and value.size:
                return Sent(fields, value.filename, value.file)
            value.file.close()
            if value.filename:
                raise InvalidInput.of("file", "The file is empty: its first row names the columns")
    return Sent(fields)


class _TooLargeError(MultiPartException):
    """The form is larger than any file that may be imported."""


async def _at_most(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in stream:
        size += len(part)
        if size > LARGEST_FILE + FRAME:
            raise _TooLargeError("too large")
        yield part


async def _drain(stream: AsyncGenerator[bytes, None]) -> None:
    size = 0
    async for part in stream:
        size += len(part)
        if size > DRAINED * LARGEST_FILE:
            return
