"""One module a chat command."""
