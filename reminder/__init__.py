"""Reminds people before a mobile number runs out of money, of its fee's day, or of use."""

__version__ = "0.1.0"
