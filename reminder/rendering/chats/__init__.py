"""Messages for chats: one JSON template for each format, its markup, and its limits."""
