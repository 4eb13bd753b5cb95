"""`python -m bot` is `scansion`."""

from bot.shell.cli import main

if __name__ == "__main__":
    main()
