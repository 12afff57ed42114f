"""The background work: plan what is owed, send what is planned."""
