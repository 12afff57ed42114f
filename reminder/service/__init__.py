"""Every thing a person can ask for, one function each, by noun."""
