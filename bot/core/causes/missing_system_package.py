r"""A header, command, library or compiler that comes with a system package is not in the job's image.

What happened
-------------
Some Python packages are built from source in the job, or call libraries and programs of the operating system when
they run. What they need is not in the image. This happens when a package has no wheel for the image's Python and
C library (a new Python, Alpine, another processor), or in slim images, which have no compiler.

What to do
----------
Install what is missing before the packages are installed, all of it at once, for example
`apt-get install --yes --no-install-recommends gcc libpq-dev` in `before_script`; the diagnosis names the packages
for the image. Often there is a better way: a version of the package that has a wheel for this Python, an image
that is not `slim` or Alpine, or a variant such as `psycopg2-binary` where its licence and purpose allow it.

References
----------
- Python packaging guide, binary distributions: https://packaging.python.org/en/latest/discussions/package-formats/
- Docker official image `python`, its variants: https://hub.docker.com/_/python
- GitLab, `before_script`: https://docs.gitlab.com/ci/yaml/#before_script

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._loader import UNDEFINED
from bot.core.causes._missing import diagnose
from bot.core.causes._symptoms import SYMPTOMS

# What a failed build says of itself; its prose is weighed even where no symptom stands in it.
FAILED_BUILD = ("likely not a problem with poetry", "Failed building wheel", "Failed to build")

CAUSE = Cause(
    id="missing-system-package",
    diagnose=diagnose,
    literals=(*{literal: None for symptom in SYMPTOMS for literal in symptom.literals}, *FAILED_BUILD, UNDEFINED),
    outranks=("no-matching-distribution", "incompatible-source", "python-package-missing", "test-failure"),
)
