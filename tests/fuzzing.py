"""Strange templates, tokens, answers of operators and files to import, without end: ``python -m
tests.fuzzing import --seconds 600``.

Each round is made from a seed alone, which is printed where a promise breaks: ``--seed N`` makes it
again. A few hundred rounds of each are in the suite.
"""

from __future__ import annotations

import argparse
import base64
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

from reminder.catalogue.loading import load as load_catalogue
from reminder.domain.token import LINK_LIFE, derive, sign, verify
from reminder.errors import TokenRefused
from reminder.rendering import messages
from reminder.rendering.proof import proved
from reminder.rendering.templating import shipped_names, shipped_press
from tests.rendering.notices import cases, head
from tests.strange_files import import_round, intake_round

SLOWEST_SECONDS = 20.0
NAMES = ("reminder.txt.j2", "reminder.html.j2", "chats/slack.json.j2", "_foot.txt.j2")
WORDS = (
    *(
        "blocks",
        "blocks[0]",
        "frame",
        "ways",
        "lead",
        "loop",
        "self",
        "varargs",
        "caller",
        "cycler",
    ),
    *("chat", "plain", "range", "namespace", "lipsum", "dict", "config", "request", "colon", "x"),
    *("''", "1", "[]", "{}", "none", "true", "'a'", "blocks[0].heading", "frame.subject"),
)
TAILS = (
    *(
        ".__class__",
        ".__mro__",
        ".__globals__",
        ".__init__",
        ".format(1)",
        "()",
        "[0]",
        "['title']",
    ),
    *(
        ".title",
        ".heading",
        ".rows",
        " | tojson",
        " | fit(9)",
        " | upper",
        " | attr('x')",
        " ~ 'y'",
    ),
    *(
        " | map(attribute='__class__')",
        " | join",
        " | list",
        " | replace('a', 'b' )",
        " * 99",
        " + 1",
    ),
    *(" | select('callable')", " | sort(attribute='value')", ".gi_frame", " is defined", " if x"),
)
SHAPES = (
    *(
        "{{ %s }}",
        "{% for i in %s %}{{ i }}{% endfor %}",
        "{% if %s %}a{% endif %}",
        "{% set x = %s %}",
    ),
    *(
        "{% macro x() %}{{ %s }}{{ x() }}{% endmacro %}{{ x() }}",
        "{% include %s %}",
        "{% import %s %}",
    ),
    *(
        "{% extends %s %}",
        "{% block a %}{{ %s }}{{ self.a() }}{% endblock %}",
        "{# %s #}",
        "{% raw %}",
    ),
    *(
        "{% for i in %s %}{% for j in blocks %}{{ loop.index }}{% endfor %}{% endfor %}",
        "{{ %s",
        "%}",
    ),
    *(
        "{% call x() %}{{ %s }}{% endcall %}",
        "{% filter upper %}{{ %s }}{% endfilter %}",
        "\x00",
        "妈妈",
    ),
)
LEAKS = (" object at 0x", "<class '", "<function ", "<bound method", "site-packages")
KEY = derive(b"a key of thirty-two bytes or more", "links")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. %\n"
CATALOGUE = load_catalogue()


def template_source(random: Random) -> str:
    """A template that nobody would write: made up, or a shipped one that was damaged."""
    if random.random() < 0.4:
        return _damaged(random, _shipped(random.choice(sorted(shipped_names()))))
    parts = []
    for _ in range(random.randint(1, 6)):
        said = random.choice(WORDS) + "".join(random.choices(TAILS, k=random.randint(0, 3)))
        parts.append(random.choice(SHAPES).replace("%s", said))
    return random.choice(["", " ", "\n"]).join(parts)


@lru_cache
def _shipped(name: str) -> str:
    loader = shipped_press().environment.loader
    assert loader is not None
    return loader.get_source(shipped_press().environment, name)[0]


def _damaged(random: Random, source: str) -> str:
    for _ in range(random.randint(1, 4)):
        at, end = sorted(random.choices(range(len(source) + 1), k=2))
        what = random.choice(["", source[at:end], random.choice(WORDS), "{{", "%}", "\x00"])
        source = source[:at] + what + source[min(end, at + 40) :]
    return source


def template_round(seed: int) -> str:
    """One template in a site's folder: it is used or named with a sentence, in bounded time; a
    message is printed all the same, and nothing of the program's inside stands in it."""
    random = Random(seed)
    name, source = random.choice(NAMES), template_source(random)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, encoding="utf-8")
        templates, faults = proved(Path(folder), CATALOGUE)
        assert all(str(fault).startswith(folder) and fault.why for fault in faults)
        one = cases()["short"]
        made = messages.reminder_message(replace(head("en", one), templates=templates), [one])
    printed = made.text + made.html
    assert printed.strip()
    assert not [leak for leak in LEAKS if leak in printed and leak not in source]
    return "refused" if faults else "used"


def token_round(seed: int) -> str:
    """One token that was not made by us: refused, unless it is the very bytes of one that was."""
    random = Random(seed)
    subject = "rem_" + "".join(random.choices("abcdef0123456789", k=random.randint(1, 24)))
    token = sign(KEY, "snooze", subject, NOW + LINK_LIFE).encode()
    raw = bytearray(token)
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(raw) + 1)
        match random.randrange(5):
            case 0:
                raw[at : at + random.randint(1, 9)] = b""
            case 1:
                raw[at:at] = bytes(random.choices(ALPHABET, k=random.randint(1, 9)))
            case 2:
                raw[at : at + 1] = bytes(random.choices(ALPHABET, k=1))
            case 3:
                raw = raw[at:] + raw[:at]
            case _:
                raw += bytes(random.randrange(256) for _ in range(random.randint(0, 3)))
    mutant = raw.decode("latin-1")
    purpose = random.choice(["snooze", "snooze", "stop", ""])
    try:
        found = verify(KEY, purpose, mutant, NOW)
    except TokenRefused:
        return "refused"
    assert (found, purpose) == (subject, "snooze")
    assert base64.urlsafe_b64decode(mutant + "==") == base64.urlsafe_b64decode(token + b"==")
    return "the same"


ROUNDS: dict[str, Callable[[int], str]] = {
    "templates": template_round,
    "tokens": token_round,
    "intake": intake_round,
    "import": import_round,
}


def many(what: str, seeds: range, seconds: float = float("inf")) -> dict[str, int]:
    """Rounds until the seeds or the seconds are over; how many ended how."""
    counts: dict[str, int] = {}
    end = time.monotonic() + seconds
    for seed in seeds:
        began = time.process_time()
        try:
            ended = ROUNDS[what](seed)
        except Exception as error:
            raise AssertionError(f"{what}, seed {seed}") from error
        assert time.process_time() - began < SLOWEST_SECONDS, f"{what}, seed {seed} is slow"
        counts[ended] = counts.get(ended, 0) + 1
        if time.monotonic() > end:
            break
    return counts


def main() -> None:
    """Fuzz for a while, or make one round again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(ROUNDS))
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int)
    chosen = parser.parse_args()
    seeds = range(10**9) if chosen.seed is None else range(chosen.seed, chosen.seed + 1)
    counts = many(chosen.what, seeds, chosen.seconds)
    print(f"{sum(counts.values())} rounds of {chosen.what}: {counts}")


if __name__ == "__main__":
    main()
