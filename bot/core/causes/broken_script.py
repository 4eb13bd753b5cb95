"""A line of the script is no valid shell.

What happened
-------------
The shell could not read the script: a quote, `do` or `if` is not closed, or the line uses what only bash knows
and the image's shell is another one (Alpine and `dash` have no `[[`, arrays or `${name//a/b}`).

What to do
----------
Run the lines through `bash -n` (or `shellcheck`). In `.gitlab-ci.yml` write commands of several lines as a block
(`- |`); each item of `script:` is one command, so a loop may not spread over several items. Where the image's
shell is not bash, install it or keep to what `sh` knows.

References
----------
- GitLab, script syntax: https://docs.gitlab.com/ci/yaml/script/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._shell_words import SHELL
from bot.core.sign import Sign

CAUSE = Cause(
    id="broken-script",
    signs=(
        Sign(
            literal=("syntax error", "Syntax error", "unexpected EOF while looking"),
            pattern=rf"{SHELL}(?:-c: )?(?:line \d+: )?(?P<why>[Ss]yntax error\b.*|unexpected EOF while looking.*)",
            message="The shell cannot read the script: {why}. Look at its quotes, `do` and `if`.",
        ),
        Sign(
            literal=("ad substitution", "[[: not found"),
            pattern=rf"{SHELL}(?P<why>.*[Bb]ad substitution|\[\[: not found)",
            message="The script uses what only bash knows ({why}), and the image's shell is another one.",
        ),
    ),
)
