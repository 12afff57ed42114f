"""Every command by its name: where it is done, and what it does in one sentence. Plain tables, so
that help can be had without loading anything."""

from __future__ import annotations

SUMMARY = "Reminders before a mobile number's fee, balance or use runs out."
COMMANDS = (
    ("serve", "machine:serve", "Serve the pages and the API, and send what is due."),
    ("add", "lines:add", "Register a line."),
    ("list", "lines:everything", "Your lines, most urgent first."),
    ("show", "lines:show", "One line with its three clocks."),
    ("edit", "edits:edit", "Change many lines at once."),
    ("balance", "acts:balance", "Enter a balance as you saw it."),
    ("topped-up", "acts:topped_up", "Record a top-up."),
    ("top-ups", "topups:count", "Record many top-ups from a list of numbers and sums."),
    ("renewed", "acts:renewed", "Record a renewal."),
    ("used", "acts:used", "Record that the number was used."),
    ("acknowledge", "acts:acknowledge", "Hear no more of this deadline."),
    ("snooze", "acts:snooze", "Hear nothing of a line until a day."),
    ("stop", "acts:stop", "Hear nothing of a line until it is resumed."),
    ("resume", "acts:resume", "Let a line's clocks speak again."),
    ("undo", "acts:undo", "Take back the last act on a line."),
    ("preview", "lines:preview", "The next message about a line, rendered."),
    ("rehearse", "lines:rehearse", "Every message of the coming months with its local time."),
    ("import", "transfer:bring_in", "Import lines from CSV or JSON lines."),
    ("export", "transfer:send_out", "Export all lines as CSV or JSON lines."),
    ("archive", "transfer:send_everything", "Everything about an owner as one ZIP."),
    ("settings", "people:settings", "Your settings, and how to change them."),
    ("operators", "operators:app", "The catalogue of operators, or one of them."),
    ("doctor", "machine:doctor", "Look whether everything is in order here."),
    ("backup", "backups:back_up", "Copy the database, while the service runs or not."),
    ("restore", "backups:restore", "Put a copy of the database in its place."),
    ("migrate", "machine:migrate", "Bring the database to this version, or fill it from another."),
)
GROUPS = (
    (
        "channel",
        "The places that reminders go to.",
        (
            ("list", "channels:everything", "Your channels."),
            ("test", "channels:try_out", "Send a test by the same path as a reminder."),
            ("remove", "channels:remove", "Forget a channel."),
        ),
    ),
    (
        "owner",
        "The people who register lines.",
        (
            ("add", "people:add_owner", "Add an owner; the first is administrator."),
            ("link", "people:owner_link", "A link that signs an owner in once."),
            ("invite", "people:invite", "A link by which one stranger may begin."),
        ),
    ),
    (
        "token",
        "API tokens.",
        (("create", "people:create_token", "Make a token; it is printed on the last line."),),
    ),
    (
        "key",
        "The service's own key.",
        (("rotate", "keys:rotate", "Seal everything with a new key; no service may run."),),
    ),
    (
        "config",
        "The settings.",
        (("check", "machine:config_check", "What is in force, and where it came from."),),
    ),
)
ADDING = (
    ("email", "channels:add_email", "Add a mailbox."),
    ("webhook", "channels:add_webhook", "Add a web address to call; prints its signing secret."),
)
