"""There is nothing in `dist` to publish.

What happened
-------------
The job publishes what a build left in `dist`, and the folder is empty or not there: no build ran in this job,
the build job's artifacts were not handed over, or the project is no package.

What to do
----------
Build in the same job (`poetry publish --build`), or keep `dist/` as artifact of the build job and let this one
`needs` it.

References
----------
- GitLab, job artifacts: https://docs.gitlab.com/ci/jobs/job_artifacts/
- Poetry, publish: https://python-poetry.org/docs/cli/#publish

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = "Build in the same job, or take `dist/` over from the build job as its artifact."

CAUSE = Cause(
    id="nothing-to-publish",
    signs=(
        Sign(
            literal="No files to publish",
            message="There is nothing in `dist` to publish. " + DO,
            kind="file",
            subject="dist",
        ),
        Sign(
            literal="Cannot find file (or expand pattern)",
            pattern=r"Cannot find file \(or expand pattern\): '(?P<path>[^']+)'",
            message="`{path}` names no file. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Publishing a package is not possible in non-package mode",
            message=(
                "The project is no package (`package-mode = false`) and the job publishes it. Remove the job, "
                "or the setting."
            ),
            kind="option",
            subject="package-mode",
        ),
    ),
)
