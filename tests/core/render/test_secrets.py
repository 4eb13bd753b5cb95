"""Secrets never leave the log that they stand in."""

import pytest

from bot.core.render.secrets import MASK, scrub

# made up, and put together here so that no scanner takes them for real ones
SECRETS = {
    "GitLab token": ("using ", "glpat-" + "A1b2C3d4E5f6G7h8I9j0", " now"),
    "GitLab routable token": ("", "glpat-" + "A1b2C3d4E5f6G7h8I9j0.01.0w1x2y3z", ""),
    "GitLab runner token": ("", "glrt-" + "x1Y2z3A4b5C6d7E8f9G0", ""),
    "GitLab job token": ("", "glcbt-64_" + "x1Y2z3A4b5C6d7E8f9G0", ""),
    "PyPI token": ("password: ", "pypi-" + "AgEIcHlwaS5vcmcCJDAwMDAwMDAw", ""),
    "GitHub token": ("", "ghp_" + "x1Y2z3A4b5C6d7E8f9G0x1Y2z3A4b5C6d7E8", ""),
    "AWS key": ("", "AKIA" + "IOSFODNN7EXAMPLE", ""),
    "AWS secret": ("AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""),
    "Google key": ("", "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q", ""),
    "Slack token": ("", "xoxb-" + "123456789012-abcdefGHIJKL", ""),
    "Vault token": ("", "hvs." + "CAESIJ1b2C3d4E5f6G7h8I9j0", ""),
    "JSON web token": ("", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3", ""),
    "URL login": ("git clone https://", "user:hunter22", "@host/x.git"),
    "job token in a URL": ("https://", "gitlab-ci-token:64_abcDEF", "@host/api"),
    "private token header": ('curl -H "PRIVATE-TOKEN: ', "abcdef", '" https://host'),
    "authorization header": ("Authorization: Bearer ", "abc.def.ghi", ""),
    "basic authorization": ("Authorization: Basic ", "dXNlcjpwYXNzd29yZA==", ""),
    "cookie": ("Cookie: ", "session=abcdefgh12345678", ""),
    "named variable": ("export DB_PASSWORD=", "hunter", ""),
    "quoted variable": ("TWINE_PASSWORD='", "s3cr3t!", "'"),
    "yaml variable": ("  API_KEY: ", "a8f5f167f44f4964e6c998dee827110c", ""),
    "json": ('{"client_secret": "', "q9Zx-11kL0pP", '"}'),
    "option": ("twine upload -p ", "hunter22x", " dist/*"),
    "long option": ("tool --password=", "hunter22x", ""),
    "poetry token": ("poetry config pypi-token.main ", "abc", ""),
    "poetry login": ("poetry config http-basic.main ", "user word", ""),
    "private key": ("", "-----BEGIN RSA PRIVATE KEY-----MIIEow", ""),
}

HARMLESS = [
    "ERROR: token is invalid",
    "SyntaxError: unexpected token newline",
    "Invalid password: must be at least 8 characters",
    "token: $CI_JOB_TOKEN",
    "TWINE_PASSWORD=$CI_JOB_TOKEN",
    "export TOKEN=${MY_TOKEN}",
    "author = Jane, authors: Jane",
    "12 passed, 3 failed, 1 skipped",
    "bypass: yes",
    "Downloading psycopg2-2.9.9.tar.gz (384 kB)",
    "git+ssh://git@host/x.git",
    "https://host/path?x=1",
    "sha256:3f2a9c1a7b",
    "PASSWORD=[MASKED]",
    "keyring.errors.KeyringError: No password found",
]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_masked_and_what_stands_around_it_stays(name):
    before, secret, after = SECRETS[name]
    cleaned = scrub(before + secret + after)
    assert MASK in cleaned
    assert secret not in cleaned
    assert not any(part in cleaned for part in secret.split() if len(part) > 3)
    assert cleaned.startswith(before.split("=")[0][:4])
    assert cleaned.endswith(after)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_stays_as_it_is(text):
    assert scrub(text) == text


def test_a_megabyte_is_scrubbed_without_hanging():
    assert len(scrub("token " * 50_000)) == 300_000
