"""Use cases over ports: what the bot does with an event, a command or a piece of queued work."""
