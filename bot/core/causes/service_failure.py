"""A service that the tests need, such as a database, is not there or not ready.

What happened
-------------
The code tried to connect to a database, cache or queue and was refused, or its name is unknown. In GitLab a
service runs in its own container: it is reached by the name of its image or alias, not as `localhost`, and it
may need some seconds before it accepts connections.

What to do
----------
Declare the service under `services:` (with an `alias` where the name is not plain), give it the variables that
it needs (`POSTGRES_PASSWORD`, `MYSQL_ROOT_PASSWORD`), and point the tests to that name. Wait for the port
before the tests start. See the service's own log in the job's first lines.

References
----------
- GitLab, services: https://docs.gitlab.com/ci/services/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import RUNNER, SCRIPT_OR_TEST, TEST, Sign

_HOST = r"(?P<host>[\w.-]+)"
WHERE = "Declare it under `services:` and use its alias as the host name; `localhost` is the job's own container."

CAUSE = Cause(
    id="service-failure",
    signs=(
        Sign(
            literal="connection to server at",
            pattern=rf'connection to server at "{_HOST}"(?: \([^)]*\))?, port (?P<port>\d+) failed',
            message="PostgreSQL did not answer at `{host}:{port}`. " + WHERE,
            kind="host",
            subject="{host}:{port}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("Is the server running on host", "on Unix domain socket"),
            pattern=(r'Is the server running on host "(?P<host>[^"]+)"|on Unix domain socket "(?P<socket>[^"]+)"'),
            message="PostgreSQL did not answer at `{host}{socket}`. " + WHERE,
            kind="host",
            subject="{host}{socket}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="could not connect to server",
            message="PostgreSQL did not answer. " + WHERE,
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="could not translate host name",
            pattern=rf'could not translate host name "{_HOST}"',
            message="No service is called `{host}` in this job. " + WHERE,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="connecting to",
            pattern=rf"Error -?\d+ connecting to {_HOST}:(?P<port>\d+)",
            message="Redis did not answer at `{host}:{port}`. " + WHERE,
            kind="host",
            subject="{host}:{port}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=(
                "Can't connect to MySQL server",
                "Can't connect to local MySQL server",
                "Can't connect to server on",
            ),
            pattern=rf"Can't connect to (?:local )?(?:MySQL )?server (?:on|through socket) '{_HOST}",
            message="MySQL did not answer at `{host}`. " + WHERE,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="ServerSelectionTimeoutError",
            pattern=r"ServerSelectionTimeoutError: (?P<host>[\w.-]+:\d+)",
            message="MongoDB did not answer at `{host}`. " + WHERE,
            kind="host",
            subject="{host}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("NoBrokersAvailable", "AMQPConnectionError", "kombu.exceptions.OperationalError"),
            pattern=r"(?P<name>NoBrokersAvailable|AMQPConnectionError|kombu\.exceptions\.OperationalError)",
            message="The message broker did not answer ({name}). " + WHERE,
            kind="host",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("onnection refused", "Max retries exceeded", "Name or service not known"),
            pattern=(
                r"(?:ConnectionPool\(host='|HTTPConnection\(host='|//|connect to "
                r"|\('?)(?P<host>localhost|127\.0\.0\.1|[a-z][a-z0-9_-]*)'?[:,]? ?(?:port[= ])?(?P<port>\d+)"
            ),
            message="The service at `{host}:{port}` did not answer. " + WHERE,
            kind="host",
            subject="{host}:{port}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("ConnectionRefusedError", "ConnectError"),
            pattern=r"\[Errno 111\]",
            above=r"//(?P<host>[\w.-]+:\d+)",
            needs_above=True,
            message="The service at `{host}` did not answer. " + WHERE,
            kind="host",
            subject="{host}",
            where=TEST,
        ),
        Sign(
            literal="ConnectionRefusedError",
            pattern=r"ConnectionRefusedError: \[Errno 111\]",
            message="A service refused the connection: it is not running, or listens elsewhere. " + WHERE,
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="Could not connect to the message broker",
            message="The message broker did not answer. " + WHERE,
        ),
        Sign(
            literal="[Errno 111]",
            pattern=r"\b(?P<why>\w+): .*\[Errno 111\] Connection refused",
            message="A service refused the connection: it is not running, or listens elsewhere. " + WHERE,
            where=TEST,
        ),
        Sign(
            literal=("Name or service not known", "Temporary failure in name resolution"),
            pattern=r"gaierror: \[Errno -[235]\]",
            message="A test asks for a host that this job does not know. " + WHERE,
            where=TEST,
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="Waiting for services",
            pattern=r"(?i)service .* probably didn't start properly",
            message="A service of this job did not start. Its log is in the first lines of the trace.",
            where=RUNNER,
            confidence=Confidence.LOW,
        ),
    ),
    outranks=("test-failure", "network"),
)
