"""People: who they are, how they sign in without passwords, their settings, devices and keys."""

from reminder.service.people.clients import NOBODY, Client
from reminder.service.people.devices import (
    SignedIn,
    devices,
    see,
    session_owner,
    sign_out,
    sign_out_device,
    sign_out_everywhere,
    signed_in,
)
from reminder.service.people.erasing import (
    Erased,
    ask_to_erase,
    erase,
    erase_by_link,
    opened_erasing,
)
from reminder.service.people.links import (
    Door,
    Entry,
    ask_by_invitation,
    ask_sign_in,
    first_link,
    invitation,
    is_new,
    open_sign_in,
    owner_link,
)
from reminder.service.people.owners import (
    ONE_ADDRESS,
    add_owner,
    address_of,
    by_email,
    everyone,
    id_of,
)
from reminder.service.people.secrets import digest
from reminder.service.people.settings import ME_FIELDS, change_me, me
from reminder.service.people.signing import begin, sign_in
from reminder.service.people.tokens import (
    ApiToken,
    Scope,
    make_token,
    remove_token,
    token_bearer,
    tokens,
)
from reminder.service.people.trips import add_trip, remove_trip

__all__ = [
    "ME_FIELDS",
    "NOBODY",
    "ONE_ADDRESS",
    "ApiToken",
    "Client",
    "Door",
    "Entry",
    "Erased",
    "Scope",
    "SignedIn",
    "add_owner",
    "add_trip",
    "address_of",
    "ask_by_invitation",
    "ask_sign_in",
    "ask_to_erase",
    "begin",
    "by_email",
    "change_me",
    "devices",
    "digest",
    "erase",
    "erase_by_link",
    "everyone",
    "first_link",
    "id_of",
    "invitation",
    "is_new",
    "make_token",
    "me",
    "open_sign_in",
    "opened_erasing",
    "owner_link",
    "remove_token",
    "remove_trip",
    "see",
    "session_owner",
    "sign_in",
    "sign_out",
    "sign_out_device",
    "sign_out_everywhere",
    "signed_in",
    "token_bearer",
    "tokens",
]
