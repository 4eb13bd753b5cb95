"""Poetry or pip asks a keyring that cannot answer in a job.

What happened
-------------
A keyring library is installed and finds a backend that needs a desktop session, or the configured backend is
not installed. Without a terminal it cannot be unlocked.

What to do
----------
Turn the keyring off in the job: `export PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring`, or `poetry
config keyring.enabled false` (since 1.8), and give credentials by `POETRY_HTTP_BASIC_<NAME>_USERNAME` and
`_PASSWORD`.

References
----------
- Poetry, keyring: https://python-poetry.org/docs/repositories/#configuring-credentials
- keyring, disabling: https://keyring.readthedocs.io/en/latest/#disabling-keyring

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = "Set `PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring` in the job."

CAUSE = Cause(
    id="keyring-locked",
    signs=(
        Sign(
            literal="Failed to unlock the",
            pattern=r"Failed to unlock the (?:collection|keyring)",
            message="The keyring is locked and a job cannot unlock it. " + DO,
            kind="package",
            subject="keyring",
        ),
        Sign(
            literal="the key ring",
            pattern=r"Unable to (?:store|retrieve|delete) the password for (?P<what>\S+) (?:in|from) the key ring",
            message="The keyring does not take the password for `{what}`. " + DO,
            kind="package",
            subject="keyring",
        ),
        Sign(
            literal="No module named 'keyring",
            pattern=r"No module named '(?P<name>keyrings?[\w.]*)'",
            message="The keyring backend `{name}` is configured and not installed. " + DO,
            kind="package",
            subject="keyring",
        ),
        Sign(
            literal=("/org/freedesktop/secrets", "org.freedesktop.secrets", "secretstorage.exceptions."),
            pattern=r"DBus\.Error\.\w+|\.secrets was not provided|secretstorage\.exceptions\.\w+",
            message="The keyring of a desktop was asked, and a job has none. " + DO,
            kind="package",
            subject="keyring",
        ),
        Sign(
            literal=("KeyringLocked", "NoKeyringError", "InitError: Failed to"),
            pattern=r"keyring\.errors\.\w+|(?:KeyringLocked|NoKeyringError)",
            message="The keyring cannot be used in a job. " + DO,
            kind="package",
            subject="keyring",
        ),
    ),
    outranks=("python-package-missing", "auth-failed"),
)
