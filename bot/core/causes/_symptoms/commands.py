"""Commands: what shells, make, distutils, Meson and Python say when one is not there."""

from __future__ import annotations

from bot.core.causes._symptoms.symptom import LOUD_OR_WARNING, Symptom

_QUOTE = "['\"`\u2018\u2019]"
_WORD = r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.+-]*)"
_COMMAND = r"(?P<name>[A-Za-z_][A-Za-z0-9_+-]*(?:\.[0-9]+)*)"
_GONE = "No such file or directory"

# A missing folder of a project, and Meson's list of compilers that it tried, read the same.
_NOT_COMMANDS = r"(?i)no such file or directory: ['\"](?:dist|build|tests?|src|docs?|app)['\"]|gave \""

COMMANDS = (
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
    Symptom(
        "not found",
        rf"^\s*(?:/usr)?(?:/bin/)?(?:ba|da|z|a)?sh: (?:line )?(?:\d+: )?{_WORD}: (?:command )?not fou"
        rf"nd",
        "command",
        only_in_build=True,
    ),
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
    Symptom("Program", rf"ERROR: Program(?:\(s\))? \[?['\"]{_WORD}['\"].* not found", "command"),
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
    Symptom("CMake must be installed", r"CMake must be installed", "command", name="cmake"),
    Symptom(
        "JAVA_HOME",
        r"(?i)JAVA_HOME (?:is not set|environment variable is not)|Unable to find java|Java gateway "
        r"process exited",
        "command",
        name="java",
        weak=True,
    ),
    Symptom(
        "protoc",
        r"(?i)protoc(?:ol buffer compiler)? (?:is )?not (?:found|installed)|Could not find `?protoc",
        "command",
        name="protoc",
        weak=True,
    ),
)
