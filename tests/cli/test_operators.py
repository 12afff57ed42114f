"""operators: the catalogue in the terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command

ACME = """
id = "acme"
country = "GB"
kind = "mvno"
collected_on = 2020-01-01
names = { zh = "某某", ru = "Акме", en = "Acme" }
official_domains = ["127.0.0.1"]

[links."topup.url"]
value = "https://127.0.0.1/pay"
source = ""
confidence = "medium"
evidence = "cited"
"""


def test_all_and_one(run: Command) -> None:
    """The list names each operator; one is told with facts, days and ways to pay. No owner is
    needed."""
    assert "mts" in run("operators").out
    said = run("operators", "mts", "--language", "ru", "--place", "abroad").out
    assert said.startswith("МТС (mts)")
    assert "https://" in said
    assert "  1. " in said
    assert run("operators", "mts", "--json").json["id"] == "mts"


def test_the_catalogue_needs_no_data_folder(run: Command, folder: Path) -> None:
    """The list is read from files: nothing is made on disk, and it names 31 operators."""
    said = run("operators", "--language", "en")
    rows = said.out.splitlines()
    assert len(rows) == 31
    assert rows[0].split()[:3] == ["mts", "MTS", "RU"]
    assert not (folder / "data").exists()


def test_the_catalogue_is_searched(run: Command) -> None:
    """A former name finds, a country narrows, both together as JSON."""
    assert run("operators", "--find", "Tele2").out.split()[0] == "t2"
    kazakh = run("operators", "--country", "kz", "--json").json["items"]
    assert {one["currency"] for one in kazakh} == {"KZT"}
    assert run("operators", "--find", "nokia").out == ""


def test_a_broken_file_of_the_site_is_named(run: Command, folder: Path) -> None:
    """The list comes all the same, and stderr says which file is broken and how."""
    (folder / "data" / "operators").mkdir(parents=True)
    (folder / "data" / "operators" / "acme.toml").write_text('id = "acme"\n')
    said = run("operators")
    assert said.code == 0
    assert "acme.toml: operator acme: collected_on: must be a date" in said.err


def test_check_visits_and_exits_one(run: Command, folder: Path) -> None:
    """A page that does not answer is reported with its operator, and the exit code is 1."""
    (folder / "config.toml").write_text(
        '[server]\ndata_dir = "data"\n[webhooks]\nallow_networks = ["127.0.0.0/8"]\n'
    )
    (folder / "data" / "operators").mkdir(parents=True)
    (folder / "data" / "operators" / "acme.toml").write_text(ACME)
    said = run("operators", "check", "acme", "--json")
    assert said.code == 1
    assert "Of 1 addresses 1 want a look" in said.err
    (link,) = said.json["links"]
    assert (link["url"], link["operators"], link["state"]) == (
        "https://127.0.0.1/pay",
        ["acme"],
        "silent",
    )
    assert said.json["faults"] == []
    table = run("operators", "check", "acme").out
    assert "silent  cited" in table


def test_check_of_what_has_no_page_is_good(run: Command) -> None:
    """Nothing to visit and nothing that ages: exit 0."""
    said = run("operators", "check", "other", "--json")
    assert (said.code, said.json["links"], said.json["stale"]) == (0, [], [])


def test_check_of_nobody_is_refused(run: Command) -> None:
    """An operator that is none is one clear line."""
    said = run("operators", "check", "nokia")
    assert said.code == 1
    assert said.err.startswith("reminder: There is no operator 'nokia'")
