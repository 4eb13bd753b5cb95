"""One module a cause of failed jobs; the docstring is its page."""
