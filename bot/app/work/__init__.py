"""One module a kind of queued work."""
