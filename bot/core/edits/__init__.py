"""Edits of text: splices that keep every other byte, each verified by reading the result again."""
