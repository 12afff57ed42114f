"""The rules, pure: no clock, no disk, no network. The time is an argument."""
