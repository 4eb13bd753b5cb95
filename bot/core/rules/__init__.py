"""One module a rule; the docstring is its page."""
