"""How shells begin their errors, whichever file the runner feeds them."""

from __future__ import annotations

# `/usr/bin/bash: line 4: `, `/bin/sh: eval: line 12: `, `sh: 1: `, `/scripts-4-7/step_script: line 9: `
SHELL = r"(?:^|\s)[^\s:]*(?:sh|_script): (?:eval: )?(?:line )?(?:\d+: )?"
