"""The command `poetry` is not there.

What happened
-------------
The image has no Poetry, or it was installed to a folder that is not on `PATH` (`pip install --user` and the
installer script put it into `~/.local/bin`), or another job's `before_script` installs it and this one
overrides that.

What to do
----------
Install it before it is used, `pip install "poetry==2.1.4"`, or add its folder: `export
PATH="$HOME/.local/bin:$PATH"`. An image with Poetry saves the time in each job.

References
----------
- Poetry, installation: https://python-poetry.org/docs/#installation

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

# Then Poetry is missing because its installer could not run.
INSTALLER_MISSING = r"(?:curl|wget|pipx?|pip3|python3?): (?:command )?not found$"

CAUSE = Cause(
    id="poetry-not-installed",
    signs=(
        Sign(
            literal=("poetry: ", "poetry': ", 'poetry": '),
            pattern=r"(?:^|: )poetry: (?:command )?not found",
            message=(
                "The image has no `poetry`, or it is not on `PATH`. Install it in `before_script`, or add "
                "`$HOME/.local/bin` to `PATH`."
            ),
            kind="command",
            unless_earlier=INSTALLER_MISSING,
            subject="poetry",
        ),
        Sign(
            literal="No module named poetry",
            pattern=r"No module named poetry(?:\s|$)",
            message="The job's Python has no Poetry. Install it in `before_script`.",
            kind="command",
            subject="poetry",
        ),
        Sign(
            literal=("poetry: ", "poetry': ", 'poetry": '),
            pattern=r"(?:exec: |env: )\W*poetry\W*: (?:executable file not found|No such file)",
            message="The image has no `poetry`. Install it in `before_script`.",
            kind="command",
            subject="poetry",
        ),
        Sign(
            literal="/poetry: ",
            pattern=r"(?P<path>\S+/poetry): (?:No such file or directory|not found)",
            message="There is no Poetry at `{path}`. Install it there, or call `poetry` by `PATH`.",
            kind="command",
            subject="poetry",
        ),
    ),
    outranks=("missing-system-package", "command-outside-environment", "file-missing", "python-package-missing"),
)
