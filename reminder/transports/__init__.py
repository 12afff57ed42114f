"""The way out: one file a transport, one verb each, one question per failure.

``base`` says what every transport promises; ``email``, ``webhook`` and ``folder`` keep it; ``mime``
and ``sign`` write the bytes; ``guard`` says which addresses may be called.
"""
