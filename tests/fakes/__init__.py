"""The outside world for tests: a real SMTP server and a real HTTP server on 127.0.0.1.

Both keep all they were given and misbehave on request. ::

    async with SmtpSink() as smtp:
        smtp.behave(Step.RCPT, "450 4.2.0 come again", times=1)
        ...                                     # smtp.url, smtp.messages, smtp.connections
    async with WebhookSink() as hook:
        hook.behave(Answer(429, {"Retry-After": "60"}))
        ...                                     # hook.url, hook.requests, hook.connections

``record``: a file to which each accepted id is added and synced before the answer goes out, for
tests that kill the sender and compare afterwards.
"""

from tests.fakes.sink import LOOPBACK, Act, Certificate, Sink
from tests.fakes.smtp import SmtpSink, Step, SunkMail
from tests.fakes.webhook import Answer, SunkRequest, WebhookSink

__all__ = [
    "LOOPBACK",
    "Act",
    "Answer",
    "Certificate",
    "Sink",
    "SmtpSink",
    "Step",
    "SunkMail",
    "SunkRequest",
    "WebhookSink",
]
