"""The words: values become what people read, in English, Russian and Chinese.

``display`` writes money, dates and days; ``translation`` reads the catalogues of ``locale/``;
``messages`` makes the message that a transport takes.
"""
