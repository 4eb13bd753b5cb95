"""A file or folder that the job names is not there.

What happened
-------------
The script, a tool or `pyproject.toml` names a path that does not exist in the job: a typing error, another
working directory, a file that is not committed, or an artifact of another job that was not handed over.

What to do
----------
Compare the path with the repository (upper and lower case count). Files that another job makes come as its
`artifacts`; name that job under `needs` or `dependencies`.

References
----------
- GitLab, job artifacts: https://docs.gitlab.com/ci/jobs/job_artifacts/
- Poetry, readme and path dependencies: https://python-poetry.org/docs/pyproject/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._shell_words import SHELL
from bot.core.sign import SCRIPT_OR_TEST, Sign

CHECK = "Check the path, and whether the file is committed or comes from another job's artifacts."
_QUOTED = r"['\"\x{2018}](?P<path>[^'\"\x{2019}]+)['\"\x{2019}]"

CAUSE = Cause(
    id="file-missing",
    signs=(
        Sign(
            literal="could not find a pyproject.toml file in",
            pattern=r"could not find a (?P<path>pyproject\.toml) file in (?P<folder>\S+)",
            message=(
                "There is no `pyproject.toml` in {folder} or above. Go to the project's folder first (`cd`, or "
                "`poetry -C FOLDER`)."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Readme path",
            pattern=r"Readme path `(?:/builds/[^/`]+/[^/`]+/)?(?P<path>[^`]+)` does not exist",
            message=(
                "`pyproject.toml` names the readme `{path}`, which is not there. Commit it, or copy it into the "
                "image before the installation."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Could not open requirements file",
            pattern=r"Could not open requirements file: .*: '(?P<path>[^']+)'",
            message="The requirements file `{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal=" does not exist",
            pattern=r"^\s*(?:Path|Directory) (?P<path>\S+) for (?P<name>\S+) does not exist",
            message="The dependency `{name}` points to `{path}`, which is not there. " + CHECK,
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal=" does not exist",
            pattern=r"^\s*(?:Path|Directory) (?P<path>\S+) does not exist",
            message="A dependency of the project points to `{path}`, which is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="file or directory not found",
            pattern=r"ERROR: file or directory not found: (?P<path>\S+)",
            message="pytest does not find `{path}`. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="does not exist",
            pattern=r'^error: the path "(?P<path>[^"]+)" does not exist',
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="can't open file",
            pattern=r"can't open file '?(?P<path>[^':]+)'?",
            message="Python does not find `{path}`. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="No rule to make target",
            pattern=r"No rule to make target ['\"`](?P<path>[^'\"`]+)",
            message="make knows no target `{path}`. Check its name, and the folder that the job is in.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="no makefile found",
            message="There is no Makefile here. Go to its folder first.",
            kind="file",
            subject="Makefile",
        ),
        Sign(
            literal=" is not a file",
            pattern=r"=====> (?P<path>\S+) is not a file",
            near=r"InvalidConfigError",
            message="pre-commit does not find `{path}`. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="failed to compute cache key",
            pattern=r'"(?P<path>[^"]+)": not found',
            message="The image's build does not find `{path}`: it is not in the build context. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="COPY failed",
            pattern=r"COPY failed: .*?(?P<path>[\w./-]+): (?:file does not exist|no such file)",
            message="The image's build does not find `{path}`. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="No such file or directory",
            pattern=(
                r"FileNotFoundError: \[Errno 2\] No such file or directory: "
                r"b?['\"](?:/builds/[^/'\"]+/[^/'\"]+/)?(?P<path>[^'\"]+)['\"]"
            ),
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
            where=SCRIPT_OR_TEST,
            last=True,
            built=False,
        ),
        Sign(
            literal="[Errno 2] No such file or directory",
            pattern=r"No such file or directory: b?['\"](?:/builds/[^/'\"]+/[^/'\"]+/)?(?P<path>[^'\"]+)['\"]",
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
            built=False,
        ),
        Sign(
            literal="No such file or directory",
            pattern=(
                r"(?:cannot (?:access|stat|open|remove|find)|can't (?:cd to|open|stat|access)) "
                r"'?\x{2018}?(?P<path>[^'\x{2019}:]+)'?\x{2019}?(?: for reading)?: No such file"
            ),
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="No such file or directory",
            pattern=(
                rf"(?:^(?:/\S*/)?(?:cat|ls|cp|mv|cd|tar|head|tail|source|chmod|find|grep|sed|awk|\.): |{SHELL})"
                r"(?:cd: |\.: |source: |can't open '?|can't cd to )?(?P<path>[^\s':]+)'?: No such file"
            ),
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="cannot execute: required file not found",
            pattern=rf"{SHELL}(?P<path>[^\s:]+): cannot execute: required file not found",
            message=(
                "The program that the first line of `{path}` names is not in the image. Lines that end as on "
                "Windows (CRLF) read the same: save the file with plain line ends."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="bad interpreter",
            pattern=rf"{SHELL}(?P<path>[^\s:]+): (?P<program>[^:]+): bad interpreter: No such file",
            message=(
                "The program `{program}` that the first line of `{path}` names is not in the image. Lines that "
                "end as on Windows (CRLF) read the same: save the file with plain line ends."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Cannot find",
            pattern=r"ENOENT: no such file or directory, open '(?P<path>[^']+)'",
            message="`{path}` is not there. " + CHECK,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal=(
                "is not installable",
                "does not seem to be a Python package",
                "does not appear to be a Python",
            ),
            pattern=(
                r"(?:Directory |file://)'?(?P<path>[^' ]+)'?(?: for \S+)? (?:is not installable"
                r"|does not (?:seem|appear) to be a Python (?:package|project))"
            ),
            message="`{path}` has neither `pyproject.toml` nor `setup.py`. " + CHECK,
            kind="file",
            subject="{path}",
        ),
    ),
    outranks=("no-tests-collected",),
    last_resort=True,
)
