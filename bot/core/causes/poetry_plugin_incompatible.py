"""A plugin of Poetry does not fit its version.

What happened
-------------
A plugin that the job installs, or that `requires-plugins` names, needs another Poetry, or no version of it
exists for this one.

What to do
----------
Pin plugin and Poetry to versions that fit together, and install the plugin into Poetry's own environment
(`poetry self add` or `pipx inject poetry PLUGIN`).

References
----------
- Poetry, plugins: https://python-poetry.org/docs/plugins/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="poetry-plugin-incompatible",
    signs=(
        Sign(
            literal="poetry-project-instance depends on",
            pattern=r"poetry-project-instance depends on (?:both \S+ \([^)]*\) and )?(?P<plugin>\S+) \(",
            message=(
                "No version of the plugin `{plugin}` fits this Poetry. Pin both to versions that fit together."
            ),
            kind="package",
            subject="{plugin}",
            last=True,
        ),
        Sign(
            literal="poetry-instance depends on",
            pattern=r"poetry-instance depends on (?:both )?(?P<plugin>\S+) \(",
            message=(
                "No version of the plugin `{plugin}` fits this Poetry. Pin both to versions that fit together."
            ),
            kind="package",
            subject="{plugin}",
            last=True,
        ),
        Sign(
            literal=" plugin is ",
            pattern=r"(?i)\bthe (?P<plugin>[\w-]+) plugin is (?:incompatible|not compatible) with",
            message="The plugin `{plugin}` does not fit this Poetry. Pin both to versions that fit together.",
            kind="package",
            subject="{plugin}",
            command=r"\bpoetry\b",
        ),
        Sign(
            literal=("The plugin", "the plugin"),
            pattern=(
                r"(?i)(?:the plugin|plugin) ['\"`]?(?P<plugin>[\w-]+)['\"`]? (?:requires|is not "
                r"compatible|could not be (?:loaded|installed))"
            ),
            message="The plugin `{plugin}` does not fit this Poetry. Pin both to versions that fit together.",
            kind="package",
            subject="{plugin}",
            command=r"\bpoetry\b",
        ),
    ),
    outranks=("solver-conflict", "no-matching-distribution", "lock-out-of-date"),
)
