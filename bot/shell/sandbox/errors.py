"""The ways in which GitLab's API says no."""

from __future__ import annotations

from bot.shell.sandbox.state import Json


class ApiError(Exception):
    """An answer that is no success. ``body`` is JSON, or text where GitLab sends text."""

    def __init__(self, status: int, body: Json | str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


class UnknownRequestError(Exception):
    """The simulated GitLab has no such call, or does not know one of its parameters."""


def bad_request(reason: str) -> ApiError:
    """A refusal of the input with GitLab's usual beginning."""
    return ApiError(400, {"message": f"400 Bad request - {reason}"})


def forbidden(reason: str = "") -> ApiError:
    """The user may not do that."""
    return ApiError(403, {"message": f"403 Forbidden - {reason}" if reason else "403 Forbidden"})


def not_found(what: str = "") -> ApiError:
    """There is none, or the user may not know of it."""
    return ApiError(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})
