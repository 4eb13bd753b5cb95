"""Requests to one GitLab: bounded in time and size, repeated where that is safe, never against its will."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlsplit

import gitlab
import requests
from urllib3.exceptions import HTTPError as TransportError

from bot.app.ports import ForgeError, PermanentForgeError, TransientForgeError
from bot.shell.gitlab import errors
from bot.shell.gitlab.breaker import Breaker
from bot.shell.gitlab.session import CHUNK, Session, TooLargeError, read

MAX_ANSWER = 64 * 1024 * 1024
MAX_TRACE = 200 * 1024 * 1024
PAGE_SIZE = 100
WAITED = "waited"
TRACE_FACTOR = 4  # a log may take longer than an answer

Query = Mapping[str, object]
Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, without a byte, for the whole answer, and the longest wait that GitLab may ask for.

    ``pauses_s`` stand before the second and the third try of a read.
    """

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 30.0
    wait_s: float = 5.0
    pauses_s: tuple[float, ...] = (0.2, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One request that was made, or a wait before its repetition. ``operation`` is the call without ids."""

    operation: str
    outcome: str
    seconds: float


Observe = Callable[[Observation], None]


def observe_nothing(_observation: Observation) -> None:
    """Count nothing."""


@dataclass(frozen=True)
class Endpoint:
    """A call: verb, address with `{}` for each id, ids."""

    verb: str
    template: str
    ids: tuple[object, ...] = ()

    @property
    def operation(self) -> str:
        """The call's name without ids."""
        return f"{self.verb} {self.template}"

    @property
    def path(self) -> str:
        """The address with its ids in place, quoted."""
        return self.template.format(*(quote(str(part), safe="") for part in self.ids))

    @property
    def may_repeat(self) -> bool:
        """Whether asking twice does nothing twice. The bot's GraphQL calls only read."""
        return self.verb == "GET" or self.template == GRAPHQL.template


GRAPHQL = Endpoint("POST", "/api/graphql")


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str]

    @property
    def next_page(self) -> dict[str, object] | None:
        """The query of the next page. Only that is taken from the link: no address in an answer is followed."""
        if following := self.headers.get("X-Next-Page"):
            return {"page": following}
        for link in requests.utils.parse_header_links(self.headers.get("Link", "")):
            if link.get("rel") == "next":
                return dict(parse_qsl(urlsplit(link["url"]).query))
        return None


class Client:
    """Speaks with one GitLab as one token's user; used from many threads."""

    def __init__(
        self, url: str, token: str, *, breaker: Breaker, timeouts: Timeouts, observe: Observe = observe_nothing
    ) -> None:
        self._url = url.rstrip("/")
        self._gitlab = gitlab.Gitlab(self._url, private_token=token or None, session=Session(32))
        self._breaker = breaker
        self._timeouts = timeouts
        self._observe = observe

    def call(self, endpoint: Endpoint, query: Query | None = None, body: Body | None = None) -> Reply:
        """Make a request and return its answer; a read is tried up to three times."""
        deadline = time.monotonic() + self._timeouts.total_s
        for pause in self._timeouts.pauses_s:
            try:
                return self._once(endpoint, query, body, deadline)
            except TransientForgeError as error:
                wait = self._wait(endpoint, error, pause)
                if wait is None or time.monotonic() + wait > deadline:
                    raise
                self._observe(Observation(operation=endpoint.operation, outcome=WAITED, seconds=wait))
                time.sleep(wait)
        return self._once(endpoint, query, body, deadline)

    def pages(self, endpoint: Endpoint, query: Query, most: int) -> Iterator[bytes]:
        """Yield the bodies of a list's pages, at most so many."""
        following: dict[str, object] | None = {}
        for _ in range(most):
            reply = self.call(endpoint, {**query, **(following or {})})
            yield reply.body
            following = reply.next_page
            if not following:
                return

    def stream(self, endpoint: Endpoint) -> Generator[bytes]:
        """Yield an answer's bytes as they come."""
        started = time.monotonic()
        response = self._open(endpoint, None, None, started)
        size = 0
        try:
            with response:
                while chunk := response.raw.read1(CHUNK, decode_content=True):
                    size += len(chunk)
                    if size > MAX_TRACE or time.monotonic() - started > TRACE_FACTOR * self._timeouts.total_s:
                        raise errors.HostError(f"the answer to {endpoint.operation} has no end")
                    yield chunk
        except (requests.RequestException, TransportError, OSError) as error:
            raise self._network_failure(endpoint, started, error) from None
        self._done(endpoint, started)

    def close(self) -> None:
        """Close the connections."""
        self._gitlab.session.close()

    def _once(self, endpoint: Endpoint, query: Query | None, body: Body | None, deadline: float) -> Reply:
        started = time.monotonic()
        response = self._open(endpoint, query, body, started)
        try:
            content = read(response, MAX_ANSWER, deadline)
        except TooLargeError:
            raise PermanentForgeError(f"GitLab's answer to {endpoint.operation} is too large") from None
        except (requests.RequestException, TransportError, OSError) as error:
            raise self._network_failure(endpoint, started, error) from None
        self._done(endpoint, started)
        self._heed_limits(response.headers)
        return Reply(response.status_code, content, response.headers)

    def _open(
        self, endpoint: Endpoint, query: Query | None, body: Body | None, started: float
    ) -> requests.Response:
        self._breaker.check()
        path = self._url + endpoint.path if endpoint.template == GRAPHQL.template else endpoint.path
        limits = (self._timeouts.connect_s, self._timeouts.read_s)
        try:
            return self._gitlab.http_request(
                endpoint.verb.lower(),
                path,
                query_data=dict(query or {}),
                post_data=dict(body) if body is not None else None,
                streamed=True,
                timeout=cast("float", limits),  # requests takes both limits, python-gitlab hands them on
                obey_rate_limit=False,
                retry_transient_errors=False,
            )
        except errors.RefusedError as refused:
            raise self._refusal(endpoint, started, refused) from None
        except (requests.RequestException, TransportError, OSError) as error:
            raise self._network_failure(endpoint, started, error) from None
        except gitlab.exceptions.GitlabError as error:
            raise PermanentForgeError(f"GitLab redirected {endpoint.operation} ({type(error).__name__})") from None

    def _refusal(self, endpoint: Endpoint, started: float, refused: errors.RefusedError) -> ForgeError:
        error = errors.from_answer(endpoint.operation, refused, time.time())
        self._count(endpoint, str(refused.status), started)
        if isinstance(error, errors.HostError):
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        if isinstance(error, TransientForgeError) and (error.retry_after_s or 0) > self._timeouts.wait_s:
            self._breaker.wait_until(self._breaker.clock() + (error.retry_after_s or 0))
        return error

    def _network_failure(self, endpoint: Endpoint, started: float, error: Exception) -> ForgeError:
        self._count(endpoint, "no-answer", started)
        self._breaker.failed()
        return errors.from_network(endpoint.operation, error)

    def _wait(self, endpoint: Endpoint, error: TransientForgeError, pause: float) -> float | None:
        """How long to wait before another try, None for no other try."""
        if error.retry_after_s is not None:
            asked = error.retry_after_s <= self._timeouts.wait_s
            refused_unread = not isinstance(
                error, errors.HostError
            )  # a 429 was not carried out: any verb may repeat
            return error.retry_after_s if asked and (refused_unread or endpoint.may_repeat) else None
        return pause if endpoint.may_repeat else None

    def _heed_limits(self, headers: Mapping[str, str]) -> None:
        if headers.get("RateLimit-Remaining") == "0":
            told = {name: headers.get(name, "") for name in ("RateLimit-Reset", "Date")}
            wait = errors.retry_after(told, time.time())
            self._breaker.wait_until(self._breaker.clock() + (wait or 0))

    def _done(self, endpoint: Endpoint, started: float) -> None:
        self._breaker.succeeded()
        self._count(endpoint, "ok", started)

    def _count(self, endpoint: Endpoint, outcome: str, started: float) -> None:
        self._observe(
            Observation(operation=endpoint.operation, outcome=outcome, seconds=time.monotonic() - started)
        )
