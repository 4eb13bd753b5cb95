"""A downloaded file is not the one that the lock file or requirements name.

What happened
-------------
The file's hash differs from the known ones: the release got other files after locking, another index has a
different build, a hash is missing, or the download broke.

What to do
----------
Lock again (`poetry lock`) where the release has new files and you trust them. With several indexes pin the
source of the package. With pip every requirement in the file needs `==` and a hash (`pip-compile
--generate-hashes`).

References
----------
- pip, secure installs: https://pip.pypa.io/en/stable/topics/secure-installs/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="hash-mismatch",
    signs=(
        Sign(
            literal="not in poetry.lock metadata",
            pattern=r"Retrieved digests? for links? (?P<file>(?P<name>\w+(?:[-.][A-Za-z]\w*)*)-\d[\w.+-]*)",
            message="The hash of `{file}` is not the one in `poetry.lock`. Lock again where you trust the file.",
            kind="package",
            subject="{project}",
        ),
        Sign(
            literal="did not match any known checksums",
            pattern=r"Downloaded distributions for (?P<name>\S+) \((?P<version>[^)]+)\)",
            message=(
                "The files of `{name}` {version} do not have the hashes in `poetry.lock`. Lock again where you "
                "trust them."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="not found in known hashes",
            pattern=(
                r"Hash for (?P<name>\S+) \((?P<version>[^)]+)\) from archive (?P<file>\S+) not found in known "
                r"hashes"
            ),
            message=(
                "`{file}` of `{name}` does not have a hash that `poetry.lock` knows: the cached file is broken, "
                "or the index has another one. Clear the runner caches; if it comes back, lock again where you "
                "trust the file."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="Invalid hashes (",
            message="A file does not have the hash in `poetry.lock`. Lock again where you trust it.",
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal=" from http",
            pattern=r"^\s+(?P<name>[\w.-]+)(?:==\S+)? from https?://",
            near=r"DO NOT MATCH THE HASHES",
            message=(
                "The file of `{name}` does not have the hash in the requirements. Make the hashes again where "
                "you trust it."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="DO NOT MATCH THE HASHES",
            message="A file does not have the hash in the requirements. Make the hashes again where you trust it.",
        ),
        Sign(
            literal=" from http",
            pattern=r"^\s+(?P<name>[\w.-]+)\S* from https?://",
            near=r"In --require-hashes mode|Hashes are required",
            message=(
                "With hashes every requirement needs `==` and a hash, and `{name}` has none. Make the file with "
                "`pip-compile --generate-hashes`."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal=("In --require-hashes mode", "Hashes are required in --require-hashes mode"),
            message=(
                "With hashes every requirement needs `==` and a hash. Make the file with `pip-compile "
                "--generate-hashes`."
            ),
        ),
        Sign(
            literal="Hash mismatch for",
            pattern=r"Hash mismatch for `(?P<name>[^`]+)`",
            message="The file of `{name}` does not have the locked hash. Lock again where you trust it.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="Hash Sum mismatch",
            message=(
                "A file of the system's package index does not have its hash: the mirror was changing. Run the "
                "job again."
            ),
        ),
    ),
    outranks=("no-matching-distribution",),
)
