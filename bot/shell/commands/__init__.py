"""The commands of the command line, one module each; `bot.shell.cli` gives them their options."""
