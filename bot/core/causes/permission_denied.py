"""A file or folder does not let the job's user do what the job tried.

What happened
-------------
The image runs as a user without rights on a path, a script is not executable, or files in a cached or shared
folder belong to another user.

What to do
----------
Install into a virtual environment or with `--user` instead of the system's Python; make scripts executable in
Git (`git update-index --chmod=+x FILE`); let the image's user own the folders that the job writes.

References
----------
- GitLab, Docker executor: https://docs.gitlab.com/runner/executors/docker/
- git update-index: https://git-scm.com/docs/git-update-index

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._shell_words import SHELL
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, SCRIPT_OR_TEST, Sign

CAUSE = Cause(
    id="permission-denied",
    signs=(
        Sign(
            literal="Permission denied",
            pattern=r"\[Errno 13\] Permission denied: b?['\"](?P<path>[^'\"]+)",
            message="The job's user may not write or read `{path}`.",
            kind="file",
            subject="{path}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="Permission denied",
            pattern=rf"{SHELL}(?P<path>[^\s:]+): Permission denied",
            message="`{path}` is not executable. Set its bit in Git with `git update-index --chmod=+x {path}`.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Permission denied",
            pattern=(
                r"(?:cannot \w+(?: directory| regular file)?|could not (?:create|open|write)(?: work tree dir| "
                r"directory| leading directories of)?|unable to \w+(?: file)?:?) "
                r"['\"\x{2018}]?(?P<path>[^'\"\x{2019}:]+)['\"\x{2019}]?: Permission denied"
            ),
            message="The job's user may not write `{path}`.",
            kind="file",
            subject="{path}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Can not perform a '--user' install",
            near=r"not owned or is not writable|not writeable",
            above=r"The directory '(?P<path>[^']+)'",
            message=(
                "pip may not write into the environment, and an environment takes no `--user` install. Make it "
                "with the user that the job runs as; the cache `{path}` has the same fault."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="(13: Permission denied)",
            pattern=r"(?P<path>/\S+) (?:- open )?\(13: Permission denied\)",
            message=(
                "The package manager may not write `{path}`: the image runs as a user other than root. Use an "
                "image that has the packages, or become root."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="are you root",
            pattern=r"are you root\?|Permission denied.*are you root",
            message=(
                "The package manager needs root and the image runs as another user. Use an image that has the "
                "packages."
            ),
        ),
        Sign(
            literal="Operation not permitted",
            pattern=r"(?P<path>[\w./'-]+): Operation not permitted",
            message="The system does not permit what the job did to `{path}`.",
            kind="file",
            subject="{path}",
            confidence=Confidence.MEDIUM,
        ),
    ),
)
