"""Why a try failed or a message was not sent, in the reader's words: the log speaks English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from reminder.domain.delivery import Outcome
from reminder.service.deliveries import LoggedAttempt
from reminder.web.visit import Visit
from reminder.web.words import mark

OUTCOMES: Mapping[str, str] = {
    Outcome.SENT: mark("taken"),
    Outcome.REFUSED: mark("refused"),
    Outcome.UNREACHABLE: mark("no answer"),
    Outcome.THROTTLED: mark("asked to wait"),
    Outcome.UNKNOWN: mark("not known whether it was taken"),
}
_TRIES = (
    (r"connections to the mail server stayed busy", mark("The mail server was busy.")),
    (r"no STARTTLS", mark("The mail server offers no encryption, which email.url asks for.")),
    (
        r"no way to sign in that we know|accept our name and password",
        mark("The mail server does not let us in: see email.url in config.toml."),
    ),
    (r"mail server's certificate", mark("The certificate of the mail server is not trusted.")),
    (r"no connection to the mail server", mark("No connection to the mail server.")),
    (
        r"connection to the mail server was lost",
        mark("The connection to the mail server broke off."),
    ),
    (r"mail server asks for patience", mark("The mail server asked us to wait.")),
    (r"mailbox is full", mark("The mailbox is full.")),
    (r"may not send to this address", mark("The mail server may not send to this address.")),
    (r"no such mailbox", mark("There is no such mailbox.")),
    (r"refuses this mail", mark("The mail server refused this mail.")),
    (r"outbox folder", mark("The outbox folder cannot be written.")),
    (r"gave no answer|no whole answer", mark("It was handed over, but no answer came.")),
    (r"says (?P<code>410)", mark("The address answered {code}: it is gone for good.")),
    (
        r"says (?P<code>\d+) and asks",
        mark("The address answered {code} and asked us to wait."),
    ),
    (
        r"redirects \((?P<code>\d+)\)",
        mark("The address answered {code}, a redirect; those are not followed."),
    ),
    (r"host answered (?P<code>\d+)", mark("The address answered {code}.")),
    (
        r"address that may not be called",
        mark("The name leads to a private address, which may not be called from here."),
    ),
    (r"name is not known", mark("The name of the address is not known: look at its spelling.")),
    (r"certificate is not trusted", mark("The certificate of the address is not trusted.")),
    (
        r"was not called this time",
        mark("The address has not answered for a while: it was not called this time."),
    ),
    (r"stood still too long", mark("The service stood still too long: nothing was sent.")),
    (r"within the deadline", mark("The address did not answer in time.")),
    (r"no connection to the host", mark("No connection to the address.")),
    (
        r"channel is wrong",
        mark("The address cannot be called: remove this channel, and add the right one."),
    ),
    (r"broke inside", mark("The try broke off inside the service.")),
)
_REASONS = (
    (r"superseded", mark("A later message took its place.")),
    (r"^covered", mark("The money is there.")),
    (r"^stopped", mark("You stopped messages about this number.")),
    (r"^snoozed", mark("You asked to be reminded later.")),
    (r"^acknowledged", mark("You said you know.")),
    (r"^acted", mark("You recorded what was needed.")),
    (r"^rolled on", mark("The date has moved on.")),
    (r"^ended", mark("There is no next date.")),
    (r"^deleted", mark("The number was deleted.")),
    (r"taken by another channel", mark("Another channel took it.")),
    (r"^channel off", mark("The channel was stopped or removed.")),
    (r"^confirmed already", mark("The address was confirmed already.")),
    (r"^too late", mark("It was too late to be of use.")),
    (r"could not be made", mark("The message could not be made: the service’s log says why.")),
    (r"^no success in time", mark("Nobody took it in the time there was.")),
)


def try_words(visit: Visit, one: LoggedAttempt) -> Markup:
    """How one try ended."""
    if one.outcome == Outcome.SENT:
        return visit.t(OUTCOMES[Outcome.SENT])
    found = _first(visit, _TRIES, one.detail)
    return found or visit.t(OUTCOMES.get(one.outcome, OUTCOMES[Outcome.UNKNOWN]))


def reason_words(visit: Visit, reason: str) -> Markup:
    """Why a delivery, or one reminder of it, came to its end; "" where there is no more to say."""
    ended = _first(visit, _REASONS, reason)
    because = _first(visit, _TRIES, reason)
    gap = Markup("") if visit.language == "zh" else Markup(" ")
    return gap.join(words for words in (because, ended) if words)


def _first(visit: Visit, table: tuple[tuple[str, str], ...], text: str) -> Markup:
    for pattern, sentence in table:
        found = re.search(pattern, text)
        if found:
            return visit.t(sentence, **found.groupdict())
    return Markup("")
