"""One module a webhook event."""
