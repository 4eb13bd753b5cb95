"""Libraries: what the linker, the loader, pkg-config, CMake and Python packages say without them."""

from __future__ import annotations

from bot.core.causes._symptoms.symptom import FINDING, Symptom

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
        (' Dependency "', " Dependency '"),
        r"ERROR: +Dependency ['\"](?P<name>[\w.+-]+)['\"] (?:not found|is required but not(?: found|$))",
        "pkg-config",
    ),
    Symptom(" dependency not found", r"ERROR: +Python dependency not found", "python-header", name="Python.h"),
    Symptom(" dependency not found", r"ERROR: +(?P<name>[\w.+-]+) dependency not found", "pkg-config"),
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
    Symptom("Could NOT find", r"^\s+Could NOT find (?P<name>\w+)", "cmake"),
    Symptom("Could NOT find", r"^CMake Error.*Could NOT find (?P<name>\w+)", "cmake"),
    Symptom("By not providing", r'By not providing "Find(?P<name>\w+)\.cmake"', "cmake"),
    Symptom(
        "package configuration file provided by", r'configuration file provided by "(?P<name>[\w.+-]+)"', "cmake"
    ),
)

LIBRARIES = (
    Symptom(
        " library",
        r"(?:OSError|ImportError|RuntimeError): .*(?:[Cc]ould not|[Cc]annot|[Uu]nable to) find (?:a |the "
        r")?(?P<name>lib[\w.-]+) library",
        "library",
    ),
    Symptom(
        "library was not found", r"['\"](?P<name>\w+)['\"] (?:C |native |shared )?library was not found", "library"
    ),
    Symptom(
        "any of the following libraries",
        r"Unable to load any of the following libraries: ?(?P<name>[\w.-]+)",
        "library",
    ),
    Symptom(
        "No backend available",
        r"usb\.core\.NoBackendError: No backend available",
        "library",
        name="libusb-1.0.so.0",
    ),
    Symptom(
        "Qt platform plugin", r"Could not load the Qt platform plugin", "library", name="libxcb.so.1", weak=True
    ),
    Symptom("Could not find the", r"Could not find the (?P<name>\w+) library", "library"),
    Symptom(
        "libclang", r"Unable to find libclang|libclang\S* (?:could )?not (?:be )?found", "library", name="libclang"
    ),
    Symptom(
        "SpatiaLite",
        r"(?i)unable to load the SpatiaLite library extension",
        "library",
        name="libsqlite3-mod-spatialite",
    ),
    Symptom(
        "is needed to load the Qt xcb", r"(?:or )?(?P<name>lib[\w-]+) is needed to load the Qt xcb", "package"
    ),
    Symptom("cannot open shared object file", rf"{_SHARED}: cannot open shared object file", "library"),
    Symptom("Error loading shared library", rf"Error loading shared library {_SHARED}", "library"),
    Symptom("cannot find -l", r"cannot find -l(?P<name>[\w.+-]+)", "library", name="lib{name}.so"),
    Symptom(
        "cannot load library",
        r"cannot load library ['\"](?P<name>[\w.+-]+)['\"]",
        "library",
        unless=r"\.(?:dll|dylib)['\"]",
    ),
    Symptom("no library called", r"no library called \"(?P<name>[\w.+-]+)\" was found", "library"),
    Symptom(
        "Could not find lib",
        r"Could not find lib(?:rary )?\s?(?P<name>[\w.+-]+) or load any of its variants",
        "library",
    ),
    Symptom("find libmagic", r"failed to find libmagic", "library", name="libmagic.so.1"),
    Symptom("magic library", r"Unable to find magic library", "library", name="libmagic.so.1"),
    Symptom("libpq library not found", r"libpq library not found", "library", name="libpq.so.5"),
    Symptom(
        "library not found",
        r"(?:OSError|ImportError|RuntimeError): (?P<name>[\w.+-]+) (?:shared )?library not found",
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
        FINDING,
        r"(?i)(?:could not|cannot|can't|unable to|failed to) (?:find|locate)(?: the)? (?P<name>lib["
        r"\w.+-]+)\b",
        "library",
        weak=True,
    ),
)

_PROSE = r"(?P<name>(?:lib)?[A-Za-z][\w.+-]*)"

# Prose of setup scripts: what is missing stands beside words that say so. Only where nothing stronger stands.
PROSE = (
    Symptom(
        ("o you have ", "ave you installed "),
        rf"(?i)(?:do you have|have you installed) (?:the )?{_PROSE}\b",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        (" library", " Library", "eaders", "evelopment "),
        rf"(?i)\b{_PROSE} (?:library|headers?|development (?:files|headers|libraries)) (?:is |are |was |were "
        rf"|could )?(?:not (?:be )?(?:found|installed|available)|missing)",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        ("rror: no ", "rror: No ", "xception: No "),
        rf"(?i)(?:error|exception): no {_PROSE} (?:library|headers?|installation|development files) (?:was "
        rf"|were )?found",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        FINDING,
        r"(?:ould not|annot|an't|nable to|ailed to) (?:find|locate|detect) (?:the |an? |any )?(?:location of "
        r"|path to |installation of |local )?(?P<name>lib\w+|[A-Z][A-Za-z0-9+-]+|[\w-]+-config)\b",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        "configure: error",
        rf"configure: error: (?:\*+ )?(?:(?:cannot|could not|unable to) find |missing )?(?:the )?{_PROSE}",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        FINDING,
        rf"(?i)(?:did not find|could not find|cannot find|unable to find|can't find|missing) (?:the "
        rf")?{_PROSE}(?: version \S+)? (?:library )?headers",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        (
            "need to install",
            "have to install",
            "must install",
            "lease install",
            "lease first install",
            "needs to install",
            "be installed:",
        ),
        rf"(?i)(?:you (?:need|have|must)(?: to)? (?:first )?install|please (?:first )?install|must be "
        rf"installed:|needs? to install) (?:the )?{_PROSE}",
        "library",
        weak=True,
        only_in_build=True,
        unless="(?i)install (?:a |an |it|them|this|python|pip|via|from|with|using|the)\\b",
    ),
    Symptom(
        FINDING,
        rf"(?i)(?:could not|cannot|can't|unable to|failed to) (?:find|locate|load)(?: the| a| any)?(?: "
        rf"suitable)? {_PROSE}(?:'s)? (?:\w+ )?librar(?:y|ies)",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        "not found",
        rf"(?i)^\s*(?:\w*(?:error|exception): )+(?:the )?(?:required )?{_PROSE}(?: \w+)?(?: \([^)]*\))? (?:was "
        rf"|were |could |is )?not (?:be )?found",
        "library",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        ("rror: missing", "rror: Missing", "xception: Missing", " is missing", " are missing"),
        rf"(?i)(?:error|exception): (?:missing (?:required )?(?:dependency|library)?:? "
        rf"?{_PROSE}|(?P<name2>\w[\w.+-]*) (?:library |headers? )?(?:is|are) missing)",
        "library",
        name="{name}{name2}",
        weak=True,
        only_in_build=True,
    ),
    Symptom(
        ("is installed", "are installed", "ave installed", " installed"),
        rf"(?i)make sure (?:that )?(?:you have )?(?:the )?{_PROSE}(?: \w+)? (?:is|are) installed|make sure you "
        rf"have (?:installed )?(?:the )?(?P<name2>\w[\w.+-]*)(?: \w+)? installed",
        "library",
        name="{name}{name2}",
        weak=True,
        only_in_build=True,
    ),
)

# `python3-tk` and the like: parts of Python that distributions pack apart, and data that slim images leave out.
OTHERS = (
    Symptom("tkinter", r"No module named '?_?tkinter'?", "package", name="python3-tk"),
    Symptom(
        "No module named",
        r"No module named '?(?P<name>gi|apt_pkg|dbus|cairo)'?$",
        "package",
        name="python3-{name}",
        weak=True,
    ),
    Symptom(
        "No module named '_",
        r"No module named '(?P<name>_(?:bz2|lzma|ctypes|sqlite3|ssl|curses|dbm|gdbm))'",
        "library",
        name="{name}",
    ),
    Symptom("unsupported locale setting", r"locale\.Error: unsupported locale setting", "package", name="locales"),
    Symptom("No time zone found with key", r"No time zone found with key", "package", name="tzdata"),
    Symptom(
        "error setting certificate",
        r"error setting certificate (?:verify locations|file)",
        "package",
        name="ca-certificates",
    ),
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
