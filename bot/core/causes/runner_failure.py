"""The runner itself failed, not the job's script.

What happened
-------------
The machine or the executor that should run the job had a fault: it could not make a container or network, lost
the connection, or was shut down. The project's files are not to blame.

What to do
----------
Run the job again. Where it comes back, tell those who run the runner what the line says. `retry: {max: 2, when:
runner_system_failure}` runs such jobs again by itself.

References
----------
- GitLab, `retry:when`: https://docs.gitlab.com/ci/yaml/#retrywhen

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, RUNNER, Sign

# What the runner says, without where in its own code and where to read on.
WHY = r"(?:[Ee]rror: |Error response from daemon: )*(?P<why>[^(]+?)(?: \(|: Check https|\. Check https|\.?$)"

CAUSE = Cause(
    id="runner-failure",
    signs=(
        Sign(
            literal="Job failed (system failure)",
            pattern=rf"Job failed \(system failure\): {WHY}",
            message="The runner failed before or under the job: {why}. Run the job again.",
            kind="host",
            subject="{why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="Job failed (system failure)",
            message="The runner failed before or under the job. Run the job again.",
            where=ANYWHERE,
        ),
        Sign(
            literal="Preparation failed",
            pattern=rf"ERROR: Preparation failed: {WHY}",
            message="The runner could not prepare the job: {why}. Run the job again.",
            kind="host",
            subject="{why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="prepare environment",
            pattern=rf"Job failed: (?P<stage>prepare environment): {WHY}",
            message="The runner could not prepare the job's environment: {why}.",
            kind="host",
            subject="{stage}: {why}",
            where=ANYWHERE,
        ),
        Sign(
            literal="aborted: terminated",
            message="The runner was shut down while the job ran. Run the job again.",
            where=ANYWHERE,
        ),
        Sign(
            literal=("pod status is failed", "Evicted", "pods is forbidden", 'container not found ("build")'),
            pattern=r"(?P<why>pod status is failed|Evicted|pods is forbidden|container not found)",
            message="The cluster took the job's pod away: {why}. Run the job again.",
            where=RUNNER,
        ),
        Sign(
            literal="shell not found",
            message=(
                "The image has no shell that the runner can use, or its entry point is another program. Set "
                '`image: {{name: ..., entrypoint: [""]}}`.'
            ),
            where=ANYWHERE,
        ),
    ),
    infrastructure=True,
)
