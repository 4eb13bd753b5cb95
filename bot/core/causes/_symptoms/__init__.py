"""What build tools, linkers, shells and Python say when the system lacks a file, command or library."""

from bot.core.causes._symptoms.commands import COMMANDS
from bot.core.causes._symptoms.compilers import COMPILERS, HEADERS
from bot.core.causes._symptoms.libraries import CMAKE, LIBRARIES, OTHERS, PKG_CONFIG, PROSE
from bot.core.causes._symptoms.symptom import Symptom

SYMPTOMS = (*HEADERS, *COMPILERS, *PKG_CONFIG, *COMMANDS, *CMAKE, *LIBRARIES, *OTHERS, *PROSE)

__all__ = ["SYMPTOMS", "Symptom"]
