"""Git refused to work in the job's repository.

What happened
-------------
Git found something that it does not accept: a folder that belongs to another user, a history that is too short
for what is asked (`GIT_DEPTH`), a reference that is gone, or a merge that does not go by itself.

What to do
----------
For "dubious ownership" run `git config --global --add safe.directory "$CI_PROJECT_DIR"`. Tools that read tags
or history (dynamic versions, `git describe`, changelogs) need `GIT_DEPTH: 0`. A reference that is gone means
that the branch was pushed again: run a new pipeline.

References
----------
- GitLab, shallow cloning:
  https://docs.gitlab.com/ci/pipelines/settings/#limit-the-number-of-changes-fetched-during-clone
- git, safe.directory: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="git-failure",
    signs=(
        Sign(
            literal="dubious ownership",
            message=(
                "Git does not trust the project's folder, which belongs to another user. Run `git config "
                '--global --add safe.directory "$CI_PROJECT_DIR"` before.'
            ),
            kind="option",
            subject="safe.directory",
            where=ANYWHERE,
        ),
        Sign(
            literal=("No names found, cannot describe anything", "No tags can describe"),
            message="Git finds no tag in the history that the job has. Set `GIT_DEPTH: 0` for this job.",
            kind="option",
            subject="GIT_DEPTH",
        ),
        Sign(
            literal="reference is not a tree",
            pattern=r"reference is not a tree: (?P<name>\S+)",
            message="The commit `{name}` is gone from the branch. Run a new pipeline.",
            kind="version",
            subject="{name}",
            where=ANYWHERE,
        ),
        Sign(
            literal="did not match any file(s) known to git",
            pattern=r"pathspec '(?P<name>[^']+)' did not match",
            message=(
                "Git knows no branch or file `{name}` in what the job has fetched. Fetch the branch first, "
                "or set `GIT_DEPTH: 0`."
            ),
            kind="version",
            subject="{name}",
        ),
        Sign(
            literal=("Not a valid object name", "unknown revision or path not in the working", "no merge base"),
            pattern=(
                r"Not a valid object name (?P<name>\S+)|ambiguous argument '(?P<name2>[^']+)': unknown revision"
                r"|^fatal: (?P<name3>\S+): no merge base"
            ),
            message=(
                "`{name}{name2}{name3}` is not in the history that the job has. Fetch that branch first, and set "
                "`GIT_DEPTH: 0`."
            ),
            kind="option",
            subject="GIT_DEPTH",
        ),
        Sign(
            literal="couldn't find remote ref",
            pattern=r"couldn't find remote ref (?P<name>\S+)",
            message="The branch or tag `{name}` is gone. Run a new pipeline.",
            kind="version",
            subject="{name}",
            where=ANYWHERE,
        ),
        Sign(
            literal="not a git repository",
            pattern=r"^fatal: not a git repository",
            unless_near=r"^\s*(?:- )?(?:Building|Built) |^Publishing ",  # Poetry asks Git, and goes on without
            message=(
                "The command needs Git's folder, which the job does not have. Set `GIT_STRATEGY: fetch`, or go "
                "to the project's folder."
            ),
            kind="option",
            subject="GIT_STRATEGY",
        ),
        Sign(
            literal="setuptools-scm was unable to detect version",
            message="The version is taken from Git's tags, and the job does not have them. Set `GIT_DEPTH: 0`.",
            kind="option",
            subject="GIT_DEPTH",
        ),
        Sign(
            literal="Merge conflict in ",
            pattern=r"^CONFLICT \([^)]*\): .*Merge conflict in (?P<path>\S+)",
            message="Git cannot merge `{path}` by itself. Merge or rebase on your machine and push.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal=("Author identity unknown", "Please tell me who you are"),
            message="Git does not know who commits. Set `git config user.name` and `user.email` before.",
            kind="option",
            subject="user.email",
        ),
        Sign(
            literal="failed to push some refs",
            message="The push was refused: the branch moved on, or is protected.",
        ),
    ),
)
