"""Exports of other programs: known by their shape, carried over as far as they go."""
