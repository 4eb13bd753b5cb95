"""Commands: what shells, make, distutils, Meson and Python say when one is not there."""

from __future__ import annotations

from bot.core.causes._python_words import TOOLS
from bot.core.causes._symptoms.symptom import LOUD_OR_WARNING, QUOTED, Symptom

_QUOTE = "['\"`\u2018\u2019]"
_WORD = r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.+-]*)"
_COMMAND = r"(?P<name>[A-Za-z_][A-Za-z0-9_+-]*(?:\.[0-9]+)*)"
_CONFIG = r"(?P<name>[A-Za-z][\w.+]*[-_]config)"
_GONE = "No such file or directory"

# A missing folder of a project, and Meson's list of compilers that it tried, read the same.
_NOT_COMMANDS = r"(?i)no such file or directory: ['\"](?:dist|build|tests?|src|docs?|app)['\"]|gave \""

# `bash: line 4: jq: command not found`, `sh: eval: line 12: jq: not found`, `./autogen.sh: 3: aclocal: not found`
_SHELL = rf"^\s*[^\s:]+: (?:eval: )?(?:line )?(?:\d+: )?{_COMMAND}: (?:command )?not found$"

COMMANDS = (
    Symptom(
        "PATH",
        rf"{_WORD} (?:is |was |could |were )?not (?:be )?(?:found|installed)\b.{{0,30}} (?:in|on) (?:your |the "
        rf")?\$?PATH",
        "command",
        weak=True,
        unless=rf"\b(?:{TOOLS}|poetry) ",
    ),
    Symptom(
        "executable",
        rf"(?i)(?:could not|cannot|unable to|can't) find (?:the )?['\"`]?{_WORD}['\"`]? executable",
        "command",
        weak=True,
    ),
    Symptom("installed and in PATH", rf"Is {_WORD} installed and in PATH", "command", weak=True),
    Symptom("not found", _SHELL, "command", unless=rf"\b(?:{TOOLS}|poetry): (?:command )?not found"),
    Symptom("command not found: ", rf"command not found: {_WORD}$", "command"),
    Symptom("executable file not found", rf'exec: "{_WORD}": executable file not found', "command"),
    Symptom(
        "missing from PATH",
        rf"'?{_WORD}'? (?:utility|executable|binary|program|command) is missing from PATH",
        "command",
    ),
    Symptom("not found", rf"(?:OSError|EnvironmentError|RuntimeError|Error): {_CONFIG} not found", "command"),
    Symptom("linker", rf"error: linker [`']{_WORD}[`'] not found", "command"),
    Symptom("` not installed?", rf"is [`']{_WORD}[`'] not installed\?", "command"),
    Symptom("failed to execute", rf"failed to execute (?:PosixPath\()?\[?'(?:/usr/bin/)?{_WORD}'", "command"),
    Symptom("in your PATH", rf"{_WORD} is not installed or it's not in your PATH", "command"),
    Symptom("executable found", rf"No {_WORD} executable found", "command"),
    Symptom("not found!", rf"Cmd\('{_WORD}'\) not found", "command"),
    Symptom(
        "is not a git command", r"^git: '(?P<name>lfs|crypt|flow)' is not a git", "command", name="git-{name}"
    ),
    Symptom("git executable", r"Bad git executable", "command", name="git"),
    Symptom("Couldn't find ff", r"Couldn't find (?P<name>ff\w+) or", "command", where=LOUD_OR_WARNING, weak=True),
    Symptom("No pandoc was found", r"No pandoc was found", "command", name="pandoc"),
    Symptom("appears not to be installed", rf"'{_WORD}' command appears not to be installed", "command"),
    Symptom("is currently not installed", rf"The program '{_WORD}' is currently not installed", "command"),
    Symptom("while trying to run", rf"error occurred while trying to run {_QUOTE}{_WORD}{_QUOTE}", "command"),
    Symptom("Cannot find ['", rf"Cannot find \['{_WORD}'\]", "command"),
    Symptom("PyProjectOptionException", r"PyProjectOptionException\('(?P<name>qmake)'", "command", where=QUOTED),
    Symptom("qmake", r"(?i)a working qmake|unable to find .{0,20}qmake", "command", name="qmake"),
    Symptom(
        "DISPLAY",
        r"no display name and no \$DISPLAY|[Uu]nable to open display|cannot connect to (?:X server|display)",
        "command",
        name="xvfb",
    ),
    Symptom("could not connect to display", r"could not connect to display", "command", name="xvfb"),
    Symptom("krb5-config:: linker", r"gcc: error: (?P<name>[\w-]+-config):: linker input file", "command"),
    Symptom(
        "linker input file not found",
        r"error: (?P<name>[\w]+(?:-|_)config):+ linker input file not found",
        "command",
    ),
    Symptom(
        "GDAL API version must be specified",
        r"A GDAL API version must be specified",
        "command",
        name="gdal-config",
    ),
    Symptom("executable not found", rf"(?:^|Error: ){_WORD} executable not found", "command"),
    Symptom(_GONE, rf"(?:error: )?command ['\"](?:/[\w/.-]*/)?{_WORD}['\"] failed: No such file", "command"),
    Symptom(
        _GONE,
        rf"\[Errno 2\] No such file or directory: b?['\"](?:/usr/(?:local/)?s?bin/|/bin/)?{_COMMAND}["
        rf"'\"]",
        "command",
        unless=_NOT_COMMANDS,
        only_in_build=True,
        where=LOUD_OR_WARNING,
    ),
    Symptom("unable to execute", rf"unable to execute ['\"]?{_WORD}['\"]?: No such file", "command"),
    Symptom("Could not run", rf"Could not run {_WORD}", "command"),
    Symptom(
        "pkg-config",
        r"(?i)unable to invoke pkg-config|pkg-config (?:probably not installed|binary is required|(?"
        r":is )?(?:missing|required|not (?:found|installed))\b)|(?:install|requires|find|needs?) pkg"
        r"-config\b|Pkg-config(?: binary)? .{0,40}not found",
        "command",
        name="pkg-config",
        unless="(?i)did not find|found pkg-config:",
    ),
    Symptom("non-zero exit status 127", rf"Command ['\"\[(]*{_WORD}\b.*non-zero exit status 127", "command"),
    Symptom("ERROR: Program", rf"ERROR: Program(?:\(s\))? \[?['\"]{_WORD}['\"].* not found", "command"),
    Symptom("could not find git", r"could not find git\b", "command", name="git"),
    Symptom("Cannot find command 'git'", "Cannot find command 'git'", "command", name="git"),
    Symptom(
        "executing command git",
        "No such file or directory: 'git' while executing command git",
        "command",
        name="git",
    ),
    Symptom("Command not found", rf"^make(?:\[\d+\])?: {_WORD}: (?:Command not found|No such file)", "command"),
    Symptom(_GONE, rf"^make(?:\[\d+\])?: {_WORD}: No such file", "command"),
    Symptom(_GONE, rf"^(?:/usr/bin/)?env: {_QUOTE}?{_WORD}{_QUOTE}?: No such file", "command"),
    Symptom("Could not find ", rf"^Could not find {_WORD}\. Make sure you have installed", "command"),
    Symptom(
        ("CMake must be installed", "CMake is not installed"),
        r"CMake (?:must be|is not) installed",
        "command",
        name="cmake",
    ),
    Symptom(
        "JAVA_HOME",
        r"(?i)JAVA_HOME (?:is not set|environment variable is not)|Unable to find java|Java gateway "
        r"process exited",
        "command",
        name="java",
        weak=True,
    ),
    Symptom(
        ("protoc not", "find `protoc", "protoc is not", "find protoc", "buffer compiler"),
        r"(?i)protoc(?:ol buffer compiler)? (?:is )?not (?:found|installed)|Could not find `?protoc",
        "command",
        name="protoc",
        weak=True,
    ),
)
