"""What an operator answered, as people paste it: a balance is read out of it, or asked for."""

from reminder.domain.intake.reading import (
    Candidate,
    Confidence,
    Unclear,
    Understood,
    Why,
    read,
)

__all__ = ["Candidate", "Confidence", "Unclear", "Understood", "Why", "read"]
