"""Hand claimed ids to any worker over NATS JetStream (ENGINE section 8, "With JetStream").

The relay takes what is due, without counting a try, and publishes ``id.token``; a worker pulls the
message, wins the start in the database, sends, finishes, and then acknowledges it. What the broker
loses falls due again by itself, what it repeats loses the start. While the broker is away, or will
not take anything, claims come straight out of the database. Loaded only when the config names a
broker: nats-py is an extra.
"""

from reminder.engine.jetstream.handover import JetStream

__all__ = ["JetStream"]
