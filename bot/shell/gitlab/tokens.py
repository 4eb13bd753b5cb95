"""One client for each token: the token of the project's own path, of a group above it, or the one for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import msgspec

from bot.app.ports import PermanentForgeError
from bot.shell.gitlab import shapes
from bot.shell.gitlab.client import Client, Endpoint


class Clients:
    """Finds the client for a project. A project known only by its number is looked up once, if paths matter."""

    def __init__(self, make: Callable[[str], Client], token: str, tokens: Mapping[str, str]) -> None:
        self._default = make(token)
        self._by_prefix = {prefix.strip("/"): make(secret) for prefix, secret in tokens.items()}
        self._paths: dict[int, str] = {}
        self._lock = threading.Lock()

    def every(self) -> list[Client]:
        """Return all clients, that of the token for all first."""
        return [self._default, *self._by_prefix.values()]

    def close(self) -> None:
        """Close every client's connections."""
        for client in self.every():
            client.close()

    def of(self, project: object) -> Client:
        """Return the client for a project or group, given as number or path; the longest known prefix decides."""
        if not self._by_prefix:
            return self._default
        path = self._path(project) if isinstance(project, int) else str(project)
        fitting = [prefix for prefix in self._by_prefix if path == prefix or path.startswith(f"{prefix}/")]
        return self._by_prefix[max(fitting, key=len)] if fitting else self._default

    def _path(self, project: int) -> str:
        with self._lock:
            if project not in self._paths:
                self._paths[project] = self._look_up(project)
            return self._paths[project]

    def _look_up(self, project: int) -> str:
        for client in self.every():
            try:
                reply = client.call(Endpoint("GET", "/projects/{}", (project,)))
            except PermanentForgeError:  # not this token's project
                continue
            return msgspec.json.decode(reply.body, type=shapes.Project).path_with_namespace
        return ""
