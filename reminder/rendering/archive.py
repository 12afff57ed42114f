"""The page that lies on top of an owner's archive: what each file in it holds."""

from __future__ import annotations

from reminder.rendering.translation import Speech


def readme(language: str, address: str, moment: str) -> str:
    """What is in the archive, in its owner's language; ``moment`` is when it was made, in UTC."""
    say = Speech.of(language).say
    files = {
        "lines.jsonl": say("your numbers with where they stand; an import takes this file back"),
        "readings.jsonl": say("what is known of their balances"),
        "acts.jsonl": say("what was done about them: topped up, renewed, snoozed, stopped"),
        "channels.json": say("where reminders go, without secrets"),
        "reminders.jsonl": say("every reminder that was due"),
        "deliveries.jsonl": say("every message, with each try to send it"),
        "settings.json": say("your settings"),
        "tokens.json": say("the names of your API tokens, without their secrets"),
        "devices.json": say("the devices that are signed in"),
        "watchers.json": say("who watches numbers of yours, and whose numbers you watch"),
    }
    listed = "\n".join(f"{name}: {words}" for name, words in files.items())
    return "\n\n".join(
        (
            say("Everything that Reminder keeps about {address}", address=address),
            say(
                "Made on {moment}. Instants are in UTC; .jsonl files hold one object a line.",
                moment=moment,
            ),
            listed,
            say("What is older than the service keeps its history is not here any more."),
            "",
        )
    )
