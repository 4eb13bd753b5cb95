"""The jobs that a CI file makes for a ref, read as simply as the simulated instance needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.shell.sandbox import ci_lint
from bot.shell.sandbox.repository import Tree
from bot.shell.sandbox.state import Json

DEFAULT_IMAGE = "ruby:3.1"
INHERITED = ("image", "before_script", "after_script", "cache", "services", "tags")
_ELSEWHERE = ("$CI_DEFAULT_BRANCH", "$CI_COMMIT_TAG", "CI_COMMIT_REF_PROTECTED")


@dataclass(frozen=True, kw_only=True)
class CiJob:
    """One job: its script lines as the runner gets them."""

    name: str
    stage: str
    image: str
    lines: tuple[str, ...] = field(repr=False)
    cache_keys: tuple[str, ...] = ()
    allow_failure: bool = False


def jobs_of(content: bytes, tree: Tree, *, default_branch: bool) -> list[CiJob]:
    """Return the jobs of a branch's pipeline in the order of their stages."""
    config = ci_lint.merged(content, tree)
    stages = [".pre", *config.get("stages", ci_lint.DEFAULT_STAGES), ".post"]
    found = [_job(config, name, body) for name, body in _effective(config) if _runs(body, default_branch)]
    known = [job for job in found if job.stage in stages]
    return sorted(known, key=lambda job: stages.index(job.stage))


def _effective(config: Json) -> Iterator[tuple[str, Json]]:
    defaults = {key: config[key] for key in INHERITED if key in config} | config.get("default", {})
    for name, body in ci_lint.visible_jobs(config).items():
        whole = ci_lint.extended(config, body)
        if "trigger" not in whole:
            yield name, defaults | whole


def _runs(body: Json, default_branch: bool) -> bool:  # noqa: FBT001
    if body.get("when") in {"manual", "delayed"}:
        return False
    conditions = str(body.get("rules", "")) + str(body.get("only", ""))
    elsewhere = any(word in conditions for word in _ELSEWHERE) or body.get("only") in (["main"], ["tags"])
    return default_branch or not elsewhere


def _job(config: Json, name: str, body: Json) -> CiJob:
    image = body.get("image", DEFAULT_IMAGE)
    caches = body.get("cache") or []
    caches = caches if isinstance(caches, list) else [caches]
    return CiJob(
        name=name,
        stage=str(body.get("stage", "test")),
        image=str(image.get("name") if isinstance(image, dict) else image),
        lines=tuple(_lines(config, body.get("before_script")) + _lines(config, body.get("script"))),
        cache_keys=tuple(_key(cache) for cache in caches if cache.get("paths")),
        allow_failure=body.get("allow_failure") is True,
    )


def _key(cache: Json) -> str:
    key = cache.get("key", "default")
    return str(key) if not isinstance(key, dict) else f"{key.get('prefix', '')}7f1e29ac0c2e8d41"


def _lines(config: Json, value: object) -> list[str]:
    if isinstance(value, list):
        if len(value) > 1 and isinstance(value[0], str) and value[0] in config and value[1] in config[value[0]]:
            return _lines(config, config[value[0]][value[1]])  # what a `!reference` was read as
        return [line for item in value for line in _lines(config, item)]
    return [] if value is None else [str(value)]
