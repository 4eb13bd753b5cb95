"""Webhook bodies in GitLab's real shape, trimmed to what matters plus some of what does not."""

from __future__ import annotations

import json
from typing import Any

SHA = "2222222222222222222222222222222222222222"
OLD = "1111111111111111111111111111111111111111"


def encode(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload).encode()


def merge_request(*, iid: int = 16, action: str = "open", **attributes: Any) -> dict[str, Any]:
    changes = attributes.pop("changes", {})
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": {"id": 7, "username": "dev1"},
        "project": {"id": 42, "path_with_namespace": "grp/demo", "ci_config_path": None},
        "object_attributes": {
            "id": 9300,
            "iid": iid,
            "action": action,
            "updated_at": "2026-01-16 06:00:00 UTC",
            "last_commit": {"id": SHA, "message": "Bump version\n"},
            "source": None,
            **attributes,
        },
        "labels": [],
        "changes": changes,
    }


def pipeline(
    *, status: str = "failed", ref: str = "feature/x", iid: int | None = 16, **more: Any
) -> dict[str, Any]:
    request = None if iid is None else {"id": 9300, "iid": iid, "target_project_id": 42, "source_project_id": 42}
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": 31,
            "ref": ref,
            "sha": SHA,
            "status": status,
            "finished_at": "2026-01-16 06:02:11 UTC",
            **more,
        },
        "merge_request": request,
        "project": {"id": 42, "path_with_namespace": "grp/demo"},
        "builds": [{"id": 380, "status": "failed", "name": "pytest"}, {"id": 379, "status": "success"}],
    }


def job(*, status: str = "failed", **more: Any) -> dict[str, Any]:
    return {
        "object_kind": "build",
        "project_id": 42,
        "pipeline_id": 31,
        "build_id": 380,
        "build_status": status,
        "ref": "feature/x",
        "sha": SHA,
        "commit": {"id": 31},
        **more,
    }


def note(text: str, *, request: bool = True, **attributes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "object_kind": "note",
        "event_type": "note",
        "project_id": 42,
        "object_attributes": {
            "id": 1244,
            "note": text,
            "action": "create",
            "author_id": 7,
            "discussion_id": "6a9c1750b37d513a43987b574953fceb50b03ce7",
            "system": False,
            "updated_at": "2026-01-16 06:05:00 UTC",
            **attributes,
        },
    }
    if request:
        body["merge_request"] = {"id": 9300, "iid": 16, "target_project_id": 42}
    return body
