"""Bad values by the kind of a field, each with the sentence that refuses it: what the table of
``test_bad_input.py`` is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

LONG = 10**30
AS_TEXT = "Write this as text, in quotes"
EMPTY = "This is empty: write something, or leave it out"
CONTROLS = "Leave out line breaks and control characters"
DAY_AS_TEXT = 'Write a date as text, such as "2026-12-01"'
AMOUNT_AS_TEXT = 'Write the amount as text, such as "120.50"'
IN_DIGITS = "Write the amount in digits, such as 250 or 250.50"
UNKNOWN = "There is no such field"


class Bad(NamedTuple):
    """A wrong value, the sentence it is answered with, and where in the value it points."""

    value: object
    says: str
    inside: str = ""


Bads = list[Bad]


def of(says: str, *values: object, inside: str = "") -> Bads:
    """Values that are refused with one sentence."""
    return [Bad(value, says, inside) for value in values]


def no_text(says: str = AS_TEXT) -> Bads:
    """What is no text at all."""
    return of(says, 5, 1.5, True, False, [], ["x"], {}, {"a": 1})


def text(longest: int, *, blank: str | None = EMPTY, lines: bool = False, unseen: str = "") -> Bads:
    """A text of so many characters; ``blank`` is what an empty one is answered with, if it is, and
    ``unseen`` one that is read without the signs in it that nobody sees, and so is wrong itself."""
    found = no_text()
    found += of(f"At most {longest} characters; these are {longest + 1}", "x" * (longest + 1))
    says = "Leave out control characters; line breaks may stay" if lines else CONTROLS
    found += of(says, "a\x00b", "a\x1b[31mb", "a\x7fb", "a\u2028b")
    found += of(unseen or says, "a\u202eb", "a\ufeffb")
    if not lines:
        found += of(CONTROLS, "a\nb", "a\r\nb", "a\rb", "a\tb")
    return found + (of(blank, "", "  ") if blank else [])


def word(*choices: str) -> Bads:
    """One of some words."""
    says = f"Choose one of: {', '.join(choices)}"
    return [*no_text(says), *of(says, "", " ", "nonsense", choices[0].upper(), "a\nb", "x" * 999)]


def flag() -> Bads:
    """True or false."""
    says = "Write true or false, without quotes"
    return of(says, 1, 0, 1.0, "1", "0", "true", "on", "yes", "", [], {}, [True])


def whole(least: int, most: int) -> Bads:
    """A whole number."""
    says = f"Write a whole number from {least} to {most}"
    return of(says, least - 1, most + 1, -1, LONG, -LONG, 1.5, 1e300, True, "90", "", [], {}, [90])


def day() -> Bads:
    """A civil date."""
    return [
        *no_text(DAY_AS_TEXT),
        *of("Write a date as 2026-12-01", "", "tomorrow", "01.12.2026", "2026-1-1", "20261201"),
        *of("Write a date as 2026-12-01", "2026-12-01T00:00:00Z", "２０２６-12-01", "x" * 999),
        *of("There is no such day in the calendar", "2026-02-30", "2026-13-01", "0000-00-00"),
        *of("Write a day of the years 2000 to 2199", "1999-12-31", "2200-01-01", "9999-12-31"),
    ]


def money() -> Bads:
    """An amount of a line that is kept in rubles."""
    return [
        *of(AMOUNT_AS_TEXT, 5, 1.5, True, [], ["5"]),
        *of(IN_DIGITS, "", " ", "much", "1e5", "0x10", "--5", "1.2.3", "١٢", "NaN", "12,345.6"),
        *of(IN_DIGITS, "5 RUB", "5\n6", "5\x00", "½"),
        *of("RUB has 2 decimals at most", "1.234", "0.001"),
        *of("This amount is too large", "9" * 15, "9" * 40, "9" * 5000),
        *of(AMOUNT_AS_TEXT, {}, {"amount": 5}, {"amount": None}, inside="/amount"),
        *of(IN_DIGITS, {"amount": ""}, {"amount": "x", "currency": "RUB"}, inside="/amount"),
        *of("RUB has 2 decimals at most", {"amount": "1.234"}, inside="/amount"),
        *of(
            "This line is kept in RUB",
            {"amount": "5", "currency": "USD"},
            inside="/currency",
        ),
        *of(
            "Write a currency code of three letters, such as RUB",
            {"amount": "5", "currency": "RUR"},
            {"amount": "5", "currency": ""},
            inside="/currency",
        ),
        *of(AS_TEXT, {"amount": "5", "currency": 643}, inside="/currency"),
        *of(UNKNOWN, {"amount": "5", "of": "x"}, inside="/of"),
    ]


def leads(least: int = 1) -> Bads:
    """Lead times."""
    whole_days = "Write each lead time as whole days, such as P7D"
    none = "Name at least one lead time, such as P3D, or null for the usual ones"
    found = [
        *of('Write a list, such as ["P7D", "P3D"]', "P7D", "", 7, True, {}, {"0": "P7D"}),
        *of(AS_TEXT, [7], [None], [["P7D"]], inside="/0"),
        *of(AS_TEXT, ["P7D", 3], inside="/1"),
        *of(whole_days, ["7"], ["P1W"], ["-P1D"], ["P1.5D"], ["P367D"], [""], inside="/0"),
        *of(whole_days, ["PT24H"], ["x", "y"], inside="/0"),
        *of(whole_days, ["P7D", "P7D", "x"], inside="/2"),
        *of("At most 20 entries", ["P1D"] * 21),
    ]
    return found + (of(none, []) if least else [])


def listed(example: str, most: int) -> Bads:
    """A list of texts."""
    return [
        *of(f"Write a list, such as {example}", "x", "", 7, True, {}),
        *of(AS_TEXT, [7], [None], inside="/0"),
        *of(f"At most {most} entries", ["x"] * (most + 1)),
    ]


def ids() -> Bads:
    """A list of one's own channels."""
    nobody = ["chn_0000000000000000", "", "x\r\ny"]
    return [
        *listed('["chn_…"]', 50),
        *(Bad([one], f"You have no channel {one!r}", "/0") for one in nobody),
    ]


def zone() -> Bads:
    """A time zone."""
    says = "Write a time zone of the IANA list, such as Europe/Moscow"
    wrong = ("Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "UTC+3", "Москва")
    return [*text(60), *of(says, *wrong)]


def address(blank: str | None) -> Bads:
    """One mail address."""
    says = "Write one address, such as anna@example.org"
    two = ("a@x.org, b@x.org", "a@x.org;b@x.org", "a@x.org b@x.org", "a@x.org,b@x.org")
    none = ("anna", "anna@", "@x.org", "a@b@x.org", "Anna <a@x.org>", "a@x..org", "a@-x.org")
    odd = ("a@[127.0.0.1]", '"a b"@x.org', "анна@x.org", "a@x.org?bcc=b@x.org")
    found = [*no_text(), *of(says, *two, *none, *odd)]
    found += of(CONTROLS, "a@x.org\nBcc: b@x.org", "a@x.org\r\nb@x.org", "a\x00@x.org")
    found += of("At most 254 characters; these are 260", "a" * 254 + "@x.org")
    return found + (of(blank, "", " ") if blank else [])


LOOPBACK = (
    "http://127.0.0.1/",
    "http://127.0.0.1.:80/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://0/",
    "http://0.0.0.0:8080/",
)
"""More than twelve ways to write this very machine."""


def each(fields: Mapping[str, Bads]) -> Iterator[tuple[str, Bad]]:
    """Every field with each of its bad values."""
    for field, bads in fields.items():
        for bad in bads:
            yield field, bad
