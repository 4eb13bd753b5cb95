"""Calls of the simulated API: what they take, who may make them, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.shell.sandbox import access
from bot.shell.sandbox.errors import ApiError, UnknownRequestError, forbidden, not_found
from bot.shell.sandbox.state import Json, MergeRequest, Project, Token, User, World

T = TypeVar("T")
MAX_PAGE = 100
DEFAULT_PAGE = 20
PAGING: Mapping[str, type] = {
    "page": int,
    "per_page": int,
    "pagination": str,
    "order_by": str,
    "sort": str,
    "page_token": str,
}


@dataclass(frozen=True)
class Answer:
    """What goes back: JSON (or bytes as they are) and headers."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One authenticated request. ``args`` are its query and body together, checked and typed."""

    world: World
    user: User
    token: Token
    path: str
    params: Mapping[str, str]
    args: Json

    @property
    def project(self) -> Project:
        """The project in the path; a private one that the user is no member of does not exist."""
        found = self.world.project(self.params["project"])
        if found is None or not access.may_see(found, self.user):
            raise not_found("Project")
        return found

    @property
    def merge_request(self) -> MergeRequest:
        """The merge request in the path."""
        iid = self.params["iid"]
        found = self.project.merge_request(int(iid)) if iid.isdigit() else None
        if found is None:
            raise not_found("Merge Request")
        return found

    def need(self, level: int) -> None:
        """Refuse a user whose role in the project is lower."""
        if access.level(self.project, self.user) < level:
            raise forbidden()


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A call: its address, the parameters that it knows, the role that it needs."""

    method: str
    path: str
    handler: Handler
    takes: Mapping[str, type] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    level: int = 0
    paged: bool = False

    def read(self, query: Sequence[tuple[str, str]], body: Json) -> Json:
        """Return the parameters, typed; what GitLab refuses is refused, what is unknown here fails loudly."""
        known = {**self.takes, **(PAGING if self.paged else {})}
        args: Json = {}
        for name, value in [*_gathered(query).items(), *body.items()]:
            if name not in known:
                raise UnknownRequestError(f"{self.method} {self.path} does not know the parameter `{name}`")
            args[name] = _typed(name, value, known[name])
        missing = [name for name in self.required if args.get(name) is None]
        if missing:
            raise ApiError(400, {"error": ", ".join(f"{name} is missing" for name in missing)})
        return args


def _gathered(query: Sequence[tuple[str, str]]) -> Json:
    gathered: Json = {}
    for name, value in query:
        if name.endswith("[]"):
            gathered.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            gathered[name] = value
    return gathered


def _typed(name: str, value: Any, wanted: type) -> Any:  # noqa: ANN401 - JSON comes in any type
    if wanted is object or value is None:
        return value
    if wanted is bool and str(value).lower() in {"true", "false", "1", "0"}:
        return str(value).lower() in {"true", "1"}
    if wanted is int and str(value).lstrip("-").isdigit() and not isinstance(value, bool):
        return int(value)
    if wanted is str and isinstance(value, (str, int)):
        return str(value)
    if wanted is list and isinstance(value, str):
        return [value]
    if isinstance(value, wanted) and wanted not in {int, bool}:
        return value
    raise ApiError(400, {"error": f"{name} is invalid"})


def ok(body: object) -> Answer:
    """The answer to a successful read or change."""
    return Answer(body)


def created(body: object) -> Answer:
    """The answer to a successful creation."""
    return Answer(body, 201)


def gone() -> Answer:
    """The answer to a successful deletion."""
    return Answer(None, 204)


def paged(call: Call, items: Iterable[T], view: Callable[[T], Json], *, totals: bool = True) -> Answer:
    """One page of a list, with GitLab's headers. Commit lists and huge ones have no totals."""
    everything = list(items)
    size = min(MAX_PAGE, max(1, int(call.args.get("per_page", DEFAULT_PAGE))))
    if call.args.get("pagination") == "keyset":
        return _keyset(call, [view(item) for item in everything], size)
    page = max(1, int(call.args.get("page", 1)))
    last = max(1, -(-len(everything) // size))
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(page + 1) if page < last else "",
        "X-Prev-Page": str(page - 1) if page > 1 else "",
        "Link": _links(call, page, last, size),
    }
    if totals:
        headers |= {"X-Total": str(len(everything)), "X-Total-Pages": str(last)}
    return Answer([view(item) for item in everything[(page - 1) * size : page * size]], 200, headers)


def _keyset(call: Call, everything: list[Json], size: int) -> Answer:
    """A page of a list that only its link leads on from."""
    start = int(call.args.get("page_token", 0))
    headers = {"X-Per-Page": str(size)}
    if start + size < len(everything):
        query = urlencode({**call.args, "page_token": start + size}, doseq=True)
        headers["Link"] = f'<{call.world.base_url}/api/v4{call.path}?{query}>; rel="next"'
    return Answer(everything[start : start + size], 200, headers)


def _links(call: Call, page: int, last: int, size: int) -> str:
    places = {"first": 1, "last": last} | ({"next": page + 1} if page < last else {})
    base = f"{call.world.base_url}/api/v4{call.path}"
    args = {name: value for name, value in call.args.items() if name not in {"page", "per_page"}}
    links = (
        f'<{base}?{urlencode({**args, "page": number, "per_page": size}, doseq=True)}>; rel="{name}"'
        for name, number in places.items()
    )
    return ", ".join(links)
