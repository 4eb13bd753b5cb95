r"""The version that the job publishes is already in the registry.

What happened
-------------
A package registry takes a file name once. The job uploaded a file of a version that is there already, so the
registry refused it: GitLab answers 400 "File name has already been taken", PyPI 400 "File already exists", Nexus
400 "does not allow updating assets", other registries 409. The rest of the version may be there too.

GitLab does not look at the content: the very same file is refused as well. PyPI takes the same file again
without a word, so its refusal means that the file there has other content: the version was published before,
and the code or the build changed since.

What to do
----------
Raise the version in `pyproject.toml` (`poetry version patch`, or the `bump` command in a merge request) and
publish from a tag, so that each version is published once. Where a job may run again for the same version, let it
pass over files that exist: `poetry publish --skip-existing` or `twine upload --skip-existing`. Where the content
differs that makes the job green and publishes nothing: then only another version helps. A job that ran on every
commit publishes the same version again: restrict it with `rules`.

References
----------
- GitLab, PyPI packages in the package registry: https://docs.gitlab.com/user/packages/pypi_repository/
- PyPI's help page, on the reuse of file names; its source (`_is_duplicate_file`) on the same file again
- Poetry, publish: https://python-poetry.org/docs/cli/#publish

"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, PythonPackage, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.job_log import JobLog
from bot.core.sign import SCRIPT_OR_WARNING, one_word

REFUSALS = (
    ("already been taken", r"already been taken"),
    ("already exists", r"(?i)\b4\d\d\b.*already exists|(?:file|entity|package|version)\b.{0,80} already exists"),
    ("already been used", r"(?i)file ?name has already been used"),
    ("409", r"HTTP ?Error:? 409|409 (?:Client Error: )?Conflict"),
    ("updating assets", r"does not allow updating assets"),
    ("delete/overwrite", r"permissions to delete/overwrite"),
)
# PyPI's answer to a file whose content is not that of the one it has.
_OTHER_CONTENT = expression(r"File already exists \('.*', with blake2_256 hash")
# What GitLab's registry most often means by a 400 whose body the tool does not show.
UNTOLD = (("400", r"HTTP Error 400: Bad Request\s*$|HTTPError: 400 Bad Request from \S+\s+Bad Request\s*$"),)
_UPLOAD = expression(r"(?:Uploading|Skipping) (?P<file>[\w.+-]+?-\d[\w.+!-]*?(?:\.whl|\.tar\.gz|\.zip))\b")
_ANSWER = expression(r"HTTP ?Error|\b4\d\d Client Error|^Content received from server")
_PUBLISHING = expression(r"Publishing (?P<name>[\w.-]+) \((?P<version>[^)]+)\) to (?P<where>\S+)")
_WHEEL = re.compile(
    r"^(?P<name>[^-]+)-(?P<version>[^-]+)-.*\.whl$|^(?P<sname>.+)-(?P<sversion>\d[^-]*)\.(?:tar\.gz|zip)$"
)


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield the refusal, with the name and version that the upload's lines tell."""
    log = context.log
    told = _refusal(log, REFUSALS)
    index = _refusal(log, UNTOLD) if told is None else told
    if index is None:
        return
    package, where = _published(log, index)
    what = f"Version {one_word(package.version)} of `{one_word(package.name)}`" if package else "The version"
    sure = "is most likely" if told is None else "is"
    place = f"`{one_word(where)}`" if where else "the registry"
    yield Diagnosis(
        cause="duplicate-version",
        confidence=Confidence.MEDIUM if told is None else Confidence.HIGH,
        message=f"{what} {sure} already in {place}, {_advice(log.plain[index])}",
        evidence=(log.evidence(index),),
        subject=Subject("version", f"{package.name} {package.version}") if package else None,
        python_package=package,
    )


def _advice(answer: str) -> str:
    if _OTHER_CONTENT.matches(answer):
        return (
            "with other content: the same file again would have passed. Raise the version in `pyproject.toml`;"
            " `--skip-existing` would make the job green and publish nothing."
        )
    return (
        "which takes a file name once. Raise the version in `pyproject.toml`, or publish with `--skip-existing`"
        " where the job may run again."
    )


def _refusal(log: JobLog, answers: tuple[tuple[str, str], ...]) -> int | None:
    for literal, pattern in answers:
        for index in log.lines_with(literal, SCRIPT_OR_WARNING):
            text = log.plain[index]
            if expression(pattern).matches(text) and _is_answer(log, index):
                return index
    return None


def _is_answer(log: JobLog, index: int) -> bool:
    """Whether the line is a registry's answer to an upload, and not one about a branch, file or image."""
    around = (*log.before(index, 40), log.plain[index], *log.after(index, 5))
    if any(_UPLOAD.matches(text) or _PUBLISHING.matches(text) for text in around):
        return True
    return any(_ANSWER.matches(text) for text in (*log.before(index, 4), log.plain[index], *log.after(index, 4)))


def _published(log: JobLog, index: int) -> tuple[PythonPackage | None, str]:
    where = ""
    found: PythonPackage | None = None
    for text in reversed(log.before(index, 200)):
        groups = _PUBLISHING.groups(text)
        if groups:
            return PythonPackage(groups["name"], groups["version"]), groups["where"]
        upload = _UPLOAD.groups(text)
        if upload and found is None:
            found = _of_file(upload["file"])
    return found, where


def _of_file(name: str) -> PythonPackage | None:
    match = _WHEEL.match(name)
    if match is None:
        return None
    return PythonPackage(match["name"] or match["sname"], match["version"] or match["sversion"])


CAUSE = Cause(
    id="duplicate-version",
    diagnose=diagnose,
    literals=tuple(literal for literal, _ in (*REFUSALS, *UNTOLD)),
    outranks=("auth-failed", "registry-failure", "publish-rejected"),
)
