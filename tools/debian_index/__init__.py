"""Reads Debian's package indices and makes the Debian tables of `bot/data` from them."""
