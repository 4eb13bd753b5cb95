"""A TLS certificate is not trusted by the job's image.

What happened
-------------
The server's certificate is signed by an authority that the image does not know (a company's own, a proxy that
opens connections), is for another name, or has expired. Or a variable names a bundle of certificates that is
not there.

What to do
----------
Put the authority's certificate into the image, or into a file variable that `REQUESTS_CA_BUNDLE`, `PIP_CERT`,
`SSL_CERT_FILE` and `GIT_SSL_CAINFO` name. Install `ca-certificates` in images that lack it. Turning the check
off opens the job to anyone on the way.

References
----------
- Poetry, certificates: https://python-poetry.org/docs/repositories/#certificates
- GitLab, self-signed certificates: https://docs.gitlab.com/runner/configuration/tls-self-signed/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, SCRIPT_OR_WARNING, TEST, Sign

TRUST = "Give the job the authority's certificate, for example through `REQUESTS_CA_BUNDLE` or `PIP_CERT`."

CAUSE = Cause(
    id="certificate",
    signs=(
        Sign(
            literal="CERTIFICATE_VERIFY_FAILED",
            pattern=r"host='(?P<host>[^']+)'.*CERTIFICATE_VERIFY_FAILED",
            message="The certificate of `{host}` is not trusted here. " + TRUST,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_WARNING | TEST,
        ),
        Sign(
            literal="CERTIFICATE_VERIFY_FAILED",
            pattern=r"https?://(?:[^/@\s]*@)?(?P<host>[\w.-]+).*CERTIFICATE_VERIFY_FAILED",
            message="The certificate of `{host}` is not trusted here. " + TRUST,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_WARNING | TEST,
        ),
        Sign(
            literal="CERTIFICATE_VERIFY_FAILED",
            message="A server's certificate is not trusted here. " + TRUST,
            where=SCRIPT_OR_WARNING | TEST,
        ),
        Sign(
            literal="TLS CA certificate bundle",
            pattern=r"Could not find a suitable TLS CA certificate bundle, invalid path: (?P<path>\S+)",
            message=(
                "The bundle of certificates `{path}` does not exist in the job. Check `REQUESTS_CA_BUNDLE`, "
                "`CURL_CA_BUNDLE` and `PIP_CERT`."
            ),
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="problem confirming the ssl certificate",
            pattern=r"Could not fetch URL https?://(?P<host>[^/:]+).*problem confirming the ssl certificate",
            message="The certificate of `{host}` is not trusted here. " + TRUST,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal=(
                "x509: certificate",
                "SSL certificate problem",
                "server certificate verification failed",
                "certificate has expired",
                "self-signed certificate",
                "self signed certificate",
            ),
            pattern=(
                r"(?P<why>x509: certificate [\w ,:-]+|SSL certificate problem[\w ,:-]*|server certificate "
                r"verification failed|certificate has expired|self[ -]signed certificate)"
            ),
            message="A server's certificate is not trusted here: {why}. " + TRUST,
            where=ANYWHERE,
        ),
    ),
    outranks=(
        "network",
        "no-matching-distribution",
        "solver-conflict",
        "auth-failed",
        "service-failure",
        "image-pull",
        "test-failure",
        "runner-failure",
    ),
)
