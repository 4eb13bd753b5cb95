"""A host could not be reached, or the connection broke.

What happened
-------------
The job could not resolve a name, connect to a host, or finish a download. The names in the evidence say which
host. A short outage is the usual reason; a proxy, a firewall, or an image without network access are others.

What to do
----------
Run the job again. Where it comes back, check that the runner may reach the host (proxy variables, firewall), or
use a mirror or GitLab's dependency proxy. Let jobs retry such failures by themselves: `retry: {max: 2, when:
[runner_system_failure, stuck_or_timeout_failure]}`.

References
----------
- GitLab, `retry`: https://docs.gitlab.com/ci/yaml/#retry
- pip, configuration of proxies and time-outs: https://pip.pypa.io/en/stable/user_guide/#using-a-proxy-server

"""

from __future__ import annotations

import re

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, PUBLISHING, SCRIPT_OR_TEST, SCRIPT_OR_WARNING, Sign

AGAIN = "Run the job again; if it comes back, check the runner's network and proxy."
_HOST = r"(?P<host>[A-Za-z0-9][\w.-]*)"
_LOCAL = r"localhost|127\.0\.0\.1|0\.0\.0\.0|host='[a-z_-]+'"
UNRESOLVED = (
    "Name or service not known",
    "Temporary failure in name resolution",
    "nodename nor servname",
    "No address associated with hostname",
)
# Words of a broken connection that may stand behind the address.
BROKEN = ("TLS handshake timeout", "i/o timeout", "temporary error (try again later)", "ETIMEDOUT", "Recv failure")
# What pip says behind its last try, and what is no matter of the network.
NOTHING_CAME = r"No matching distribution found|Could not find a version|Could not install"
REFUSED = r"SSLError|CERTIFICATE|ProxyError|proxy"

CAUSE = Cause(
    id="network",
    signs=(
        Sign(
            literal="Could not resolve: ",
            pattern=rf"Could not resolve: {_HOST}",
            message="The name `{host}` could not be resolved. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="Could not resolve hostname",
            message="A host's name could not be resolved. " + AGAIN,
            kind="host",
            subject="DNS",
        ),
        Sign(
            literal=BROKEN,
            pattern=rf"https?://(?:[^/@\s]*@)?{_HOST}.*(?:{'|'.join(map(re.escape, BROKEN))})",
            message="The connection to `{host}` broke off or timed out. " + AGAIN,
            kind="host",
            subject="{host}",
            where=ANYWHERE,
            unless=_LOCAL,
        ),
        Sign(
            literal=(
                "TLS handshake timeout",
                "i/o timeout",
                "onnection broken: ",
                "ERR_SOCKET_TIMEOUT",
                "ETIMEDOUT",
            ),
            message="The connection broke off or timed out. " + AGAIN,
            where=ANYWHERE,
            unless=_LOCAL,
        ),
        Sign(
            literal="Temporary failure resolving",
            pattern=rf"Temporary failure resolving '{_HOST}'",
            message="The name `{host}` could not be resolved. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="All attempts to connect to",
            pattern=rf"All attempts to connect to {_HOST}(?::\d+)? failed",
            message="`{host}` could not be reached (since Poetry 2.1 a bad certificate reads the same). " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="Could not resolve host",
            pattern=rf"[Cc]ould not resolve host(?:name)?:? '?{_HOST}",
            message="The name `{host}` could not be resolved. " + AGAIN,
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="ConnectionPool(host=",
            pattern=rf"ConnectionPool\(host='{_HOST}', port=\d+\): (?:Max retries|Read timed out)",
            unless=_LOCAL,
            message="`{host}` could not be reached or did not answer in time. " + AGAIN,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="ConnectTimeoutError",
            pattern=rf"Connection to {_HOST} timed out",
            unless=_LOCAL,
            message="`{host}` did not answer in time. " + AGAIN,
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="unable to resolve host address",
            pattern=rf"unable to resolve host address .{_HOST}",
            message="The name `{host}` could not be resolved. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal=UNRESOLVED,
            pattern=r"(?:\[Errno -[235]\] |getaddrinfo |gaierror)",
            near=r"https?://|urlopen|urllib|httpx|requests|pip|download|Download|Retrying",
            above=rf"https?://(?:[^/@\s]*@)?{_HOST}",
            needs_above=True,
            message="A name could not be resolved while something was downloaded from `{host}`. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal=UNRESOLVED,
            pattern=r"(?:\[Errno -[235]\] |getaddrinfo |gaierror)",
            near=r"https?://|urlopen|urllib|httpx|requests|pip|download|Download|Retrying",
            message="A name could not be resolved while something was downloaded. " + AGAIN,
            kind="host",
            subject="DNS",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="ould not connect to",
            pattern=rf"[Cc]ould not connect to {_HOST}:\d+ \([\d.:a-f]+\)",
            message="`{host}` could not be reached. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="Failed to connect to",
            pattern=rf"Failed to connect to {_HOST} port",
            unless="localhost|127\\.0\\.0\\.1",
            message="`{host}` could not be reached. " + AGAIN,
            kind="host",
            subject="{host}",
            where=ANYWHERE,
        ),
        Sign(
            literal="HTTP Error 50",
            pattern=r"HTTP Error (?P<code>502|504): (?P<reason>[^|]*)",
            message="A gateway in front of the server answered {code} {reason}. " + AGAIN,
            kind="host",
            subject="{repository} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="HTTPError: 50",
            pattern=r"HTTPError: (?P<code>502|504) (?P<reason>[A-Za-z -]+?) from",
            message="A gateway in front of the server answered {code} {reason}. " + AGAIN,
            kind="host",
            subject="{repository} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="Server Error: ",
            pattern=r"(?P<code>5\d\d) Server Error: (?P<reason>.+?) for url: (?P<url>[^\s#]+)",
            message="`{url}` answered {code} {reason}. " + AGAIN,
            kind="host",
            subject="{url}",
        ),
        Sign(
            literal=(
                "ReadTimeoutError",
                "ConnectTimeoutError",
                "Read timed out",
                "Connection timed out",
                "connection timed out",
                "Operation timed out",
                "TLS handshake timeout",
                "i/o timeout",
            ),
            pattern=(
                r"(?:^|[\s:(])(?:\S*pip\S*|urllib3|requests|httpx|curl|fatal|ERROR|error|E)\b.*(?:imed "
                r"out|imeout)"
            ),
            message="A connection timed out. " + AGAIN,
            where=ANYWHERE,
        ),
        Sign(
            literal=(
                "Connection reset by peer",
                "Connection aborted",
                "IncompleteRead",
                "RemoteDisconnected",
                "Connection broken",
                "unexpected disconnect",
                "early EOF",
                "The requested URL returned error: 5",
                "RPC failed",
            ),
            pattern=(
                r"(?:urllib3|requests|http\.client|httpx|curl|fatal|error|ERROR|ProtocolError|ChunkedEncodingErr"
                r"or)\b"
            ),
            unless=_LOCAL,
            message="The connection broke off. " + AGAIN,
            where=ANYWHERE,
        ),
        Sign(
            literal=("The read operation timed out", "The handshake operation timed out"),
            pattern=r"^(?:\S*\.)?(?:timeout|TimeoutError|SSLError|ReadTimeout)\b.*operation timed out",
            near=r"/(?:pip|urllib3|requests|poetry|httpx|httpcore)\b|urllib3-|\bpip\b",
            within=60,
            message="A server did not answer in time. " + AGAIN,
        ),
        Sign(
            literal="curl: (",
            pattern=r"curl: \((?P<code>5|6|7|16|18|28|35|52|55|56|92)\) (?P<why>.*)",
            unless="localhost|127\\.0\\.0\\.1",
            message="curl could not finish ({code}): {why}. " + AGAIN,
        ),
        Sign(
            literal="onnection refused",
            pattern=rf"https?://{_HOST}(?::\d+)?\S*.*[Cc]onnection refused",
            unless=_LOCAL,
            message="`{host}` refused the connection. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(literal="Network is unreachable", message="The network is unreachable from the job. " + AGAIN),
        Sign(
            literal=(
                "Connection Error: We were unable to connect to the repository",
                "Error connecting to repository",
            ),
            message="The package registry could not be reached. Check its URL. " + AGAIN,
        ),
        Sign(
            literal="E: Failed to fetch",
            pattern=rf"E: Failed to fetch https?://{_HOST}",
            message="`{host}` did not give a file to apt. " + AGAIN,
            kind="host",
            subject="{host}",
        ),
        Sign(
            literal="temporary error (try again later)",
            pattern=r"(?:WARNING: |ERROR: )?(?:\S*APKINDEX\S*|fetch \S+|\S+): temporary error",
            message="Alpine's package index could not be reached. " + AGAIN,
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="Could not fetch URL",
            pattern=rf"Could not fetch URL https?://{_HOST}",
            message="`{host}` could not be reached. " + AGAIN,
            kind="host",
            subject="{host}",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="Cannot connect to proxy",
            message=(
                "The proxy could not be reached. Check `HTTPS_PROXY` and `NO_PROXY` of the job and the runner."
            ),
            kind="host",
            subject="proxy",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="NewConnectionError",
            near=NOTHING_CAME,
            within=25,
            above=rf"Looking in indexes: https?://(?:[^/@\s]*@)?{_HOST}",
            needs_above=True,
            message="The package index `{host}` could not be reached. " + AGAIN,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="NewConnectionError",
            near=NOTHING_CAME,
            within=25,
            message="The package index could not be reached. " + AGAIN,
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="Retry(total=0",
            pattern=rf"(?:host='|Connection to |HTTPSConnection\(){_HOST}.*(?:imed out|imeout)",
            near=NOTHING_CAME,
            within=25,
            message="`{host}` did not answer, however often pip asked. " + AGAIN,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_WARNING,
            unless=REFUSED,
        ),
        Sign(
            literal="Retry(total=0",
            near=NOTHING_CAME,
            within=25,
            above=rf"Looking in indexes: https?://(?:[^/@\s]*@)?{_HOST}",
            needs_above=True,
            message="The package index `{host}` could not be reached, however often pip asked. " + AGAIN,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_WARNING,
            unless=REFUSED,
        ),
        Sign(
            literal="Retry(total=0",
            near=NOTHING_CAME,
            within=25,
            message="The package index could not be reached, however often pip asked. " + AGAIN,
            where=SCRIPT_OR_WARNING,
            unless=REFUSED,
        ),
    ),
    outranks=("no-matching-distribution", "solver-conflict", "file-missing", "incompatible-source"),
    infrastructure=True,
)
