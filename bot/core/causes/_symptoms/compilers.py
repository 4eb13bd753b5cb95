"""Headers and compilers: what gcc, clang, CMake, Meson, autoconf and cargo say without them."""

from __future__ import annotations

from bot.core.causes._symptoms.symptom import FINDING, Symptom

_GONE = "No such file or directory"

# Headers that no system package brings: Python took them away, or a Python package has them.
_NOT_OF_THE_SYSTEM = r"(?:longintrepr|xlocale|numpy/\w+|pybind11/\w+|cpython/\w+|opcode_targets)\.h"

HEADERS = (
    Symptom("include file", r"['\"](?P<name>[\w/-]+\.h)['\"].*include files?", "header", weak=True),
    Symptom(_GONE, r"fatal error: (?P<name>Python\.h): No such", "python-header"),
    Symptom(
        _GONE,
        r"(?:fatal )?error: (?P<name>[\w+/.-]+\.(?:h|hh|hpp|hxx)): No such",
        "header",
        unless=_NOT_OF_THE_SYSTEM,
    ),
    Symptom(
        _GONE,
        r"\.(?:c|cc|cpp|cxx|h|hpp):\d+(?::\d+)?: fatal error: (?P<name>[\w+/.-]+): No such",
        "header",
        unless=_NOT_OF_THE_SYSTEM,
    ),
    # The compiler may speak the language of its image; the form of the line is the same.
    Symptom(
        "fatal error: ",
        r"\.\w+:\d+:\d+: fatal error: (?P<name>Python\.h): \w",
        "python-header",
    ),
    Symptom(
        "fatal error: ",
        r"\.\w+:\d+:\d+: fatal error: (?P<name>[\w+/.-]+\.(?:h|hh|hpp|hxx)): \w",
        "header",
        unless=_NOT_OF_THE_SYSTEM,
    ),
    Symptom(
        "configure: error",
        r"configure: error: .*(?i:missing|unusable|not found|cannot find|requires?).*<(?P<name>[\w/.+-]+\.h)>",
        "header",
    ),
    Symptom("file not found", r"fatal error: '(?P<name>Python\.h)' file not found", "python-header"),
    Symptom("file not found", r"fatal error: '(?P<name>[\w+/.-]+)' file not found", "header"),
    Symptom(
        FINDING,
        r"(?i)(?:unable to find|cannot find|can't find|could not find|missing)(?: the)?(?: header)?("
        r"?: file)? ['\"`]?(?P<name>[\w/-]+\.h)\b",
        "header",
        weak=True,
    ),
    Symptom(
        FINDING,
        r"(?i)['\"`]?(?P<name>[\w/-]+\.h)['\"`]? (?:header |file )*(?:is missing|(?:was |is |could )"
        r"?not (?:be )?found|is required)",
        "header",
        weak=True,
    ),
)

COMPILERS = (
    Symptom(
        "C compiler cannot build",
        r"The (?P<name>C compiler) cannot build a minimal program",
        "compiler",
        weak=True,
    ),
    Symptom(
        "compiler cannot create executables",
        r"(?P<name>C(?:\+\+)? compiler) cannot create executables",
        "compiler",
        weak=True,
    ),
    Symptom("The CMAKE_", r"The (?P<name>CMAKE_\w+_COMPILER):$", "compiler"),
    Symptom(
        ("C compiler", "C++ compiler"),
        r"(?i)(?P<name>(?:C|C\+\+) compiler)\b.{0,40}(?:not found|missing|required|needed|not "
        r"available|installed)|(?:requires?|needs?|install) an? (?:working )?(?P<name2>(?:C|C\+\+) compiler)",
        "compiler",
        name="{name}{name2}",
        weak=True,
        only_in_build=True,
    ),
    Symptom("gcc.", r"^\s+(?P<name>gcc)\.$", "compiler"),
    Symptom("g++.", r"^\s+(?P<name>g\+\+)\.$", "compiler"),
    Symptom("c++.", r"^\s+(?P<name>c\+\+)\.$", "compiler"),
    Symptom("cc.", r"^\s+(?P<name>cc)\.$", "compiler"),
    Symptom("install gcc", r"(?i)(?:need to|must|please) install (?P<name>gcc)", "compiler"),
    Symptom("Unknown compiler(s)", r"Unknown compiler\(s\): \[\[?['\"](?P<name>[\w+-]+)", "compiler"),
    Symptom(
        "CMAKE_MAKE_PROGRAM is not set",
        r"Unix Makefiles.*CMAKE_MAKE_PROGRAM is not set",
        "command",
        name="make",
    ),
    Symptom("CMAKE_MAKE_PROGRAM is not set", r"Ninja.*CMAKE_MAKE_PROGRAM is not set", "command", name="ninja"),
    Symptom("CMAKE_", r"No (?P<name>CMAKE_(?:C|CXX)_COMPILER) could be found", "compiler"),
    Symptom(
        "not set, after EnableLanguage",
        r"(?P<name>CMAKE_\w+_COMPILER) not set, after EnableLanguage",
        "compiler",
        weak=True,
    ),
    Symptom("C compiler", r"(?i)no acceptable (?P<name>C compiler) found", "compiler", name="gcc"),
    Symptom("C compiler", r"you need a C compiler to build", "compiler", name="C compiler"),
    Symptom(
        ("C compiler", "C++ compiler"),
        r"(?i)(?:no working|(?:could not|cannot|unable to) find (?:an? )?(?:suitable |"
        r"working )?|no )(?P<name>(?:C|C\+\+) compiler)",
        "compiler",
        weak=True,
    ),
    # Words of pybind11's example of a setup script, when no compiler at all answers.
    Symptom("Unsupported compiler", r"Unsupported compiler -- at least C\+\+", "compiler", name="g++", weak=True),
    Symptom("cc1plus", r"(?:cannot execute|error trying to exec) ['\"`\x{2018}]?cc1plus", "compiler", name="g++"),
    Symptom("Rust compiler", r"(?i)can(?:'t|not| not) find (?:the )?Rust compiler", "compiler", name="rustc"),
    Symptom(
        "argo, the Rust package manager",
        r"[Cc]argo, the Rust package manager, is not installed",
        "compiler",
        name="cargo",
    ),
    Symptom(
        ("ust toolchain", "rustc", "argo "),
        r"(?i)(?:rust toolchain|rustc|cargo)(?: was| is)?(?: not found| not installed| is required)"
        r"\b",
        "compiler",
        name="rustc",
        weak=True,
        unless="installing into a temporary directory",
    ),
    Symptom(
        "Fortran",
        r"(?i)(?:no|unable to find an?|could not find an?) fortran compiler",
        "compiler",
        name="gfortran",
        weak=True,
    ),
)
