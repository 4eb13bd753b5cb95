"""A module that was part of Python is gone in the job's version.

What happened
-------------
Python removes old modules: `distutils`, `imp`, `asyncore`, `asynchat`, `smtpd` with 3.12; `cgi`, `crypt`,
`telnetlib`, `pipes`, `imghdr`, `audioop` and others with 3.13. The project or a dependency still imports one.

What to do
----------
Update the package that imports it (the traceback names it). `setuptools` brings `distutils` back for a while
(`poetry add setuptools`); other removed modules live on as packages named `standard-...`. Or stay on the older
Python for now.

References
----------
- Python 3.12, removed modules: https://docs.python.org/3/whatsnew/3.12.html#removed
- Python 3.13, removed modules (PEP 594): https://docs.python.org/3/whatsnew/3.13.html#removed-modules-and-apis

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.causes._python_words import REMOVED_MODULE
from bot.core.sign import SCRIPT_OR_TEST, Sign

CAUSE = Cause(
    id="removed-stdlib-module",
    signs=(
        Sign(
            literal="No module named",
            pattern=REMOVED_MODULE,
            message=(
                "`{name}` is no longer part of Python in this version. Update the package that imports it, or "
                "use an older Python."
            ),
            kind="package",
            subject="{name}",
            where=SCRIPT_OR_TEST,
            of_package=True,
        ),
        Sign(
            literal="has no attribute",
            pattern=r"module 'pkgutil' has no attribute '(?P<name>ImpImporter|find_loader)'",
            message=(
                "`pkgutil.{name}` is no longer part of Python in this version. Update `setuptools` and `pip`, "
                "or the package that is built."
            ),
            kind="package",
            subject="pkgutil {name}",
            where=SCRIPT_OR_TEST,
            of_package=True,
        ),
        Sign(
            literal=("from 'collections'", "module 'collections' has no attribute"),
            pattern=(
                r"(?:cannot import name|has no attribute) '(?P<name>Mapping|MutableMapping|Callable|Iterable|Seq"
                r"uence|Hashable|OrderedDict|MutableSet|Iterator)'"
            ),
            message=(
                "`collections.{name}` is no longer part of Python in this version. Update the package that "
                "imports it."
            ),
            kind="package",
            subject="collections {name}",
            where=SCRIPT_OR_TEST,
            of_package=True,
        ),
    ),
    outranks=("python-package-missing", "incompatible-source", "build-backend-missing", "test-failure"),
)
