"""Libraries: what the linker, the loader, pkg-config, CMake and Python packages say without them."""

from __future__ import annotations

from bot.core.causes._symptoms.symptom import Symptom

_SHARED = r"(?P<name>[\w.+-]+\.so(?:\.[\w.]+)*)"

PKG_CONFIG = (
    Symptom(
        "was not found in the pkg-config search path",
        r"Package ['\"]?(?P<name>[\w.+-]+)['\"]? was not found in the pkg-config search path",
        "pkg-config",
    ),
    Symptom(
        "required by 'virtual:world'",
        r"Package ['\"](?P<name>[\w.+-]+)['\"], required by 'virtual:world', not found",
        "pkg-config",
    ),
    Symptom("No package", r"No package ['\"](?P<name>[\w.+-]+)['\"] found", "pkg-config"),
    Symptom(
        "ERROR: Dependency",
        r"ERROR: Dependency ['\"](?P<name>[\w.+-]+)['\"] (?:not found|is required but not found)",
        "pkg-config",
    ),
    Symptom(
        "ERROR: Dependency lookup",
        r"ERROR: Dependency lookup for (?P<name>[\w.+-]+) with method",
        "pkg-config",
    ),
    Symptom(
        "pkg-config",
        r"Command ['\"\[(]+pkg-config\b.*['\" ](?P<name>[A-Za-z][\w.+-]*)(?: [<>=]+ ?[\w.]+)?['\"\])"
        r"]+ (?:returned|died)",
        "pkg-config",
    ),
    Symptom("required by crate", r"The system library [`'](?P<name>[\w.+-]+)[`'] required by crate", "pkg-config"),
    Symptom(
        "OpenSSL installation",
        r"Could not find directory of OpenSSL installation",
        "pkg-config",
        name="openssl",
    ),
    Symptom("valid pkg-config name", r"Can not find valid pkg-config name", "pkg-config", name="mysqlclient"),
    Symptom("requirements (", r"configure: error: Package requirements \((?P<name>[\w.+-]+)", "pkg-config"),
    Symptom(
        "is not installed or not in path",
        r"(?P<name>[\w.+-]+) is not installed or not in path",
        "pkg-config",
    ),
)

CMAKE = (
    Symptom("Could NOT find", r"Could NOT find (?P<name>\w+)", "cmake", weak=True),
    Symptom(
        "package configuration file provided by",
        r"Could not find a package configuration file provided by \"(?P<name>[\w.+-]+)\"",
        "cmake",
        weak=True,
    ),
)

LIBRARIES = (
    Symptom("cannot open shared object file", rf"{_SHARED}: cannot open shared object file", "library"),
    Symptom("Error loading shared library", rf"Error loading shared library {_SHARED}", "library"),
    Symptom("cannot find -l", r"cannot find -l(?P<name>[\w.+-]+)", "library", name="lib{name}.so"),
    Symptom("cannot load library", r"cannot load library ['\"](?P<name>[\w.+-]+)['\"]", "library"),
    Symptom("no library called", r"no library called \"(?P<name>[\w.+-]+)\" was found", "library"),
    Symptom(
        "Could not find lib",
        r"Could not find lib(?:rary )?\s?(?P<name>[\w.+-]+) or load any of its variants",
        "library",
    ),
    Symptom("find libmagic", r"failed to find libmagic", "library", name="libmagic"),
    Symptom("magic library", r"Unable to find magic library", "library", name="libmagic"),
    Symptom("libpq library not found", r"libpq library not found", "library", name="libpq"),
    Symptom(
        "library not found",
        r"(?:OSError|ImportError|RuntimeError): (?P<name>[\w.+-]+) library not found",
        "library",
    ),
    Symptom(
        "shared library",
        r"(?:Unable to find|Could not find|Cannot find) (?:the )?(?P<name>[\w.+-]+) shared library",
        "library",
    ),
    Symptom(
        "Could not find the GDAL library",
        r"Could not find the (?P<name>GDAL) library",
        "library",
        name="libgdal",
    ),
    Symptom("libraries openblas not found", "libraries openblas not found", "library", name="openblas", weak=True),
    Symptom("No BLAS/LAPACK libraries found", "No BLAS/LAPACK libraries found", "library", name="lapack/openblas"),
    Symptom(
        "headers or library files could not be found for",
        r"headers or library files could not be found for (?P<name>[\w.+-]+)",
        "header",
    ),
    Symptom("RequiredDependencyException", r"RequiredDependencyException: (?P<name>[a-z][\w.+-]+)$", "header"),
    Symptom(
        "development packages are installed",
        r"make sure the (?P<name>[\w.+-]+)(?: and [\w.+-]+)? development packages are installed",
        "library",
        weak=True,
    ),
    Symptom(
        "header and libraries installed",
        r"Do you have the (?P<name>[\w.+-]+) header and libraries installed",
        "library",
        weak=True,
    ),
    Symptom("Can't find a local", r"Can't find a local (?P<name>[\w .+-]+?) installation", "library", weak=True),
    Symptom(
        "Could not find a local",
        r"Could not find a local (?P<name>[\w.+-]+) installation",
        "library",
        weak=True,
    ),
    Symptom("Unable to load dependency", r"Unable to load dependency (?P<name>[\w.+-]+),", "library", weak=True),
    Symptom(
        "is required",
        r"(?i)(?:^|error: |exception: )(?P<name>lib[\w.+-]+)(?: library| development files| headers)"
        r"? (?:is|are) required",
        "library",
        weak=True,
    ),
    Symptom(
        "not found",
        r"(?i)(?:error|exception|fatal): (?:the )?(?P<name>lib[\w.+-]+|[\w.+-]+ library)(?: headers|"
        r" library)?(?: was| were| is| could)? not (?:be )?found",
        "library",
        weak=True,
    ),
    Symptom(
        "find",
        r"(?i)(?:could not|cannot|can't|unable to|failed to) (?:find|locate)(?: the)? (?P<name>lib["
        r"\w.+-]+)\b",
        "library",
        weak=True,
    ),
)

OTHERS = (
    Symptom("/usr/lib/rpm/redhat/", r"error: (?P<name>/usr/lib/rpm/redhat/[\w-]+): No such file", "file"),
    Symptom(
        "ensurepip",
        r"ensurepip is not\s*available|No module named '?ensurepip",
        "package",
        name="python3-venv",
    ),
    Symptom(
        "apt install python3",
        r"apt(?:-get)? install (?P<name>python3(?:\.\d+)?-(?:venv|distutils))\b",
        "package",
    ),
)
