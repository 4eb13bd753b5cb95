"""A package's source cannot be built with this Python or these build tools.

What happened
-------------
A package is built from source because it has no wheel for this Python or platform, and its code is older than
the Python, compiler, Cython or setuptools that build it. Nothing is missing; it does not fit.

What to do
----------
Take a version of the package that has a wheel for the image's Python, or use the Python that it was made for.
Where it is only Cython or setuptools, limit them for the build (`PIP_CONSTRAINT` with `cython<3`,
`setuptools<58`).

References
----------
- pip, build isolation and constraints:
  https://pip.pypa.io/en/stable/reference/build-system/pyproject-toml/#build-time-dependencies

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import Sign

DO = "Take a version with a wheel for this Python, or an older Python."
WHY = "{python_package} cannot be built with this Python and these build tools: {why}. " + DO

CAUSE = Cause(
    id="incompatible-source",
    signs=(
        Sign(
            literal="No such file or directory",
            pattern=r"fatal error: (?P<why>(?:longintrepr|xlocale|opcode_targets|cpython/\w+)\.h)",
            message=(
                "{python_package} needs the header `{why}`, which newer versions of Python or the C library no "
                "longer have. "
            )
            + DO,
            kind="header",
            subject="{why}",
            of_package=True,
        ),
        Sign(
            literal="No module named 'setuptools",
            pattern=r"(?P<why>No module named 'setuptools[\w.]*')",
            message=(
                "{python_package} needs a part of setuptools that is gone. Limit it for the build: "
                "`PIP_CONSTRAINT` with an older `setuptools`."
            ),
            kind="package",
            subject="setuptools",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="invalid command 'bdist_wheel'",
            message="{python_package} is built without `wheel`. Update pip, or install `wheel` before.",
            kind="package",
            subject="bdist_wheel",
            of_package=True,
        ),
        Sign(
            literal="PyPI package is deprecated",
            pattern=r"The '(?P<name>[\w.-]+)' PyPI package is deprecated, use '(?P<other>[\w.-]+)'",
            message="`{name}` on PyPI only says that it has another name. Ask for `{other}` instead.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="KeyError: '__version__'",
            message=(
                "{python_package} cannot be built with this Python: its setup reads its version in a way that "
                "no longer works. "
            )
            + DO,
            kind="package",
            subject="__version__",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="cython_sources",
            pattern=r"(?P<why>[^:]*cython_sources\S*)",
            message="{python_package} does not build with Cython 3. "
            + DO
            + " Or limit it: `PIP_CONSTRAINT` with `cython<3`.",
            kind="package",
            subject="Cython 3",
            of_package=True,
        ),
        Sign(
            literal="is invalid.",
            pattern=r"error in (?P<name>\S+) setup command: (?P<why>use_2to3 is invalid)",
            message="{python_package} does not build with setuptools 58 or newer. " + DO,
            kind="package",
            subject="use_2to3 {name}",
            of_package=True,
        ),
        Sign(
            literal="error in",
            pattern=r"error in (?P<name>\S+) setup command: (?P<why>.+)",
            message=WHY,
            kind="package",
            subject="{name}",
            of_package=True,
        ),
        Sign(
            literal="No module named 'pkg_resources'",
            pattern=r"(?P<why>No module named 'pkg_resources')",
            message=(
                "{python_package} needs `pkg_resources`, which current setuptools no longer has. Limit it for "
                "the build: `PIP_CONSTRAINT` with `setuptools<81`."
            ),
            kind="package",
            subject="pkg_resources",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="Error compiling Cython file",
            message="{python_package} does not build with this Cython. " + DO,
            kind="package",
            subject="Cython",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="Cython.Compiler.Errors.CompileError",
            pattern=r"CompileError: (?P<why>\S+)",
            message="{python_package} does not build with this Cython. " + DO,
            kind="package",
            subject="{why}",
            built=True,
            of_package=True,
        ),
        Sign(
            literal=(
                *("AttributeError: ", "TypeError: ", "NameError: ", "SyntaxError: ", "ImportError: "),
                "InvalidVersion: ",
            ),
            pattern=(
                r"^\s*(?P<why>(?:AttributeError|TypeError|NameError|SyntaxError|ImportError"
                r"|(?:[\w.]+\.)?InvalidVersion): .+)"
            ),
            message=WHY,
            kind="package",
            subject="{why}",
            built=True,
            of_package=True,
            last=True,
        ),
        Sign(
            literal=(
                "RuntimeError: ",
                "ValueError: ",
                "KeyError: ",
                "AssertionError: ",
                "OSError: ",
                "Exception: ",
            ),
            pattern=r"^\s*(?P<why>(?:Runtime|Value|Key|Assertion|OS)Error: .+|Exception: .+)",
            unless=r"(?:return(?:ed)?|exit) (?:code|status)|not found|No such",
            message=(
                "{python_package} does not build here: its own setup stopped with `{why}`. Give it what it "
                "asks for, or take a version with a wheel for this Python."
            ),
            kind="package",
            subject="{why}",
            built=True,
            of_package=True,
            last=True,
        ),
        Sign(
            literal=(" error: ", "undefined reference"),
            pattern=(
                r"\.(?:c|cc|cpp|cxx|h|hpp|pyx):\d+(?::\d+)?: (?:fatal )?error: (?P<why>.+)|(?P<why2>undefined "
                r"reference to .+)"
            ),
            message="{python_package} does not compile with this Python and compiler: {why}{why2}. " + DO,
            kind="package",
            subject="{why}",
            built=True,
            of_package=True,
            unless="No such file or directory",
        ),
        Sign(
            literal="error: could not compile `",
            pattern=r"error: could not compile `(?P<crate>[\w-]+)`",
            message=(
                "{python_package} does not compile here: its Rust part `{crate}` fails; the lines before say "
                "where. "
            )
            + DO,
            kind="package",
            subject="{distribution}",
            built=True,
            of_package=True,
        ),
        Sign(
            literal="error: metadata-generation-failed",
            near=r"TypeError|AttributeError|NameError",
            message="{python_package} cannot be built with this Python and these build tools. " + DO,
            of_package=True,
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal=("error: command '", "error: Command "),
            pattern=(
                r"error: [cC]ommand \W*\S*(?:gcc|cc|\+\+|clang|gfortran)\W.*(?:failed with exit|returned "
                r"non-zero exit)"
            ),
            message="{python_package} does not compile with this Python and compiler; the lines before say where. "
            + DO,
            built=True,
            of_package=True,
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal=("Error: ", "Exception: ", "error: "),
            pattern=r"^\W*(?:\w+\.)*\w*(?:Error|Exception): (?P<why>.+)|^\W*error: (?P<why2>.+)",
            message="The build of {python_package} stops here with `{why}{why2}`. " + DO,
            unless=r"subprocess-exited|metadata-generation|Failed (?:to|building)|non-zero exit|No such file",
            built=True,
            of_package=True,
            last=True,
            confidence=Confidence.LOW,
        ),
    ),
    last_resort=True,
)
