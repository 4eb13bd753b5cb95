"""GitLab's own templates that hold no job: what they say is stable, short, and decides where every job runs."""

from __future__ import annotations

from collections.abc import Mapping

_BRANCHES = "workflow: {rules: [{if: $CI_COMMIT_TAG}, {if: $CI_COMMIT_BRANCH}]}"
_MERGE_REQUESTS = (
    "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_TAG},"
    " {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}"
)
TEMPLATES: Mapping[str, str] = {
    "Workflows/Branch-Pipelines.gitlab-ci.yml": _BRANCHES,
    "Workflows/MergeRequest-Pipelines.gitlab-ci.yml": _MERGE_REQUESTS,
}
