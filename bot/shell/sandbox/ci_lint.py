"""The judgement that GitLab's CI lint gives: YAML, the file's schema, and what only the whole pipeline shows."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any

import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from bot.shell.sandbox.pipelines import CiLoader, yaml_error
from bot.shell.sandbox.repository import Tree
from bot.shell.sandbox.state import Json

GLOBALS = frozenset(
    [
        "default",
        "include",
        "stages",
        "variables",
        "workflow",
        "spec",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
    ]
)
DEFAULT_STAGES = ["build", "test", "deploy"]
NO_JOB = "jobs config should contain at least one visible job"
NO_STAGE = "{} job: chosen stage {} does not exist; available stages are {}"
NO_PROJECT = (
    "Project `{}` not found or access denied! Make sure any includes in the pipeline configuration are"
    " correctly defined."
)
NO_SCRIPT = "jobs:{} config should implement the script:, run:, or trigger: keyword"

Projects = Callable[[str, str], Tree | None]  # a project's files at a reference; None for one that may not be read


def _no_projects(_path: str, _ref: str) -> Tree | None:
    return None


def lint(content: bytes, tree: Tree, *, projects: Projects = _no_projects, with_jobs: bool = False) -> Json:
    """Return the answer of the lint call. Local includes are read from ``tree``."""
    broken = yaml_error(content)
    if broken:
        return _answer([broken], {}, with_jobs=with_jobs)
    config = yaml.load_all(content, Loader=CiLoader)
    merged, errors = _with_includes(list(config)[-1], tree, projects)
    errors = errors or [*_schema_errors(merged), *_pipeline_errors(merged)]
    return _answer(errors, merged, with_jobs=with_jobs)


def merged(content: bytes, tree: Tree) -> Json:
    """Return a valid file's configuration with its local includes in it."""
    *_, last = yaml.load_all(content, Loader=CiLoader)
    return _with_includes(last, tree, _no_projects)[0]


def _answer(errors: list[str], merged: Json, *, with_jobs: bool) -> Json:
    text = "---\n" + yaml.safe_dump(merged, sort_keys=False) if merged else None
    answer: Json = {"valid": not errors, "errors": errors, "warnings": [], "merged_yaml": text, "includes": []}
    if with_jobs:
        answer["jobs"] = [] if errors else [_job(name, body) for name, body in _jobs(merged) if name[0] != "."]
    return answer


def _job(name: str, body: Json) -> Json:
    lists = {key: _lines(body.get(key)) for key in ("before_script", "script", "after_script")}
    return {
        "name": name,
        "stage": body.get("stage", "test"),
        **lists,
        "tag_list": body.get("tags", []),
        "only": body.get("only"),
        "except": body.get("except"),
        "environment": body.get("environment"),
        "when": body.get("when", "on_success"),
        "allow_failure": body.get("allow_failure", False),
        "needs": body.get("needs"),
    }


def _lines(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(line) for line in value]
    return [] if value is None else [str(value)]


def _with_includes(config: Json, tree: Tree, projects: Projects) -> tuple[Json, list[str]]:
    merged: Json = {}
    errors: list[str] = []
    for entry in _includes(config.get("include")):
        found, refusal = _included(entry, tree, projects)
        errors += [refusal] if refusal else []
        for content in found:
            *_, last = yaml.load_all(content, Loader=CiLoader)
            merged = _deep_merge(merged, last)
    rest = {name: value for name, value in config.items() if name not in {"include", "spec"}}
    return _deep_merge(merged, rest), errors


def _includes(include: object) -> Iterator[Json]:
    """Yield the includes of this server's own files; a path alone is a local one."""
    for entry in include if isinstance(include, list) else [include]:
        if isinstance(entry, str) and "://" not in entry:
            yield {"local": entry}
        elif isinstance(entry, dict) and {"local", "project"} & entry.keys():
            yield entry


def _included(entry: Json, tree: Tree, projects: Projects) -> tuple[list[bytes], str]:
    if "local" in entry:
        found = [tree[path] for path in fnmatch.filter(tree, str(entry["local"]).lstrip("/"))]
        return found, "" if found else f"Local file `{entry['local']}` does not exist!"
    name = str(entry["project"])
    there = projects(name, str(entry.get("ref", "HEAD")))
    if there is None:
        return [], NO_PROJECT.format(name)
    paths = _lines(entry.get("file"))
    absent = [path for path in paths if path.lstrip("/") not in there]
    if absent:
        return [], f"Project `{name}` file `{absent[0]}` does not exist!"
    return [there[path.lstrip("/")] for path in paths], ""


def _deep_merge(old: Json, new: Json) -> Json:
    merged = dict(old)
    for name, value in new.items():
        known = merged.get(name)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[name] = _deep_merge(known or {}, value) if both else value
    return merged


def _jobs(config: Json) -> list[tuple[str, Json]]:
    return [(name, body) for name, body in config.items() if name not in GLOBALS and isinstance(body, dict)]


@cache
def _validator() -> Draft7Validator:
    schemas = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    return Draft7Validator(json.loads((schemas / "gitlab-ci.json").read_text("utf-8")))


def _schema_errors(config: Json) -> Iterator[str]:
    for error in _validator().iter_errors(_without_references(config)):
        deepest = best_match([error]) or error
        place = ":".join(str(part) for part in error.absolute_path)
        where = f"jobs:{place}" if place.split(":", maxsplit=1)[0] not in GLOBALS else place
        yield f"{where} config is invalid: {deepest.message[:200]}"


def _without_references(value: Any) -> Any:  # noqa: ANN401 - YAML holds any type
    """The schema knows `!reference` only as a list; a list of one text fits wherever the tag may stand."""
    if isinstance(value, dict):
        return {str(name): _without_references(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_references(item) for item in value]
    return value


def _pipeline_errors(config: Json) -> Iterator[str]:
    visible = visible_jobs(config)
    if not visible:
        yield NO_JOB
    stages = [".pre", *config.get("stages", DEFAULT_STAGES), ".post"]
    for name, body in visible.items():
        parents = _parents(body)
        unknown = [parent for parent in parents if parent not in config]
        if unknown:
            yield f"{name}: unknown keys in `extends` ({', '.join(unknown)})"
            continue
        whole = extended(config, body)
        if not {"script", "run", "trigger"} & whole.keys():
            yield NO_SCRIPT.format(name)
        if whole.get("stage", "test") not in stages:
            yield NO_STAGE.format(name, whole.get("stage"), ", ".join(stages))
        yield from _needs_errors(name, whole, visible)


def visible_jobs(config: Json) -> Json:
    """Return the jobs that may run, by name."""
    return {name: body for name, body in _jobs(config) if not name.startswith(".")}


def _parents(body: Json) -> list[str]:
    return _lines(body.get("extends"))


def extended(config: Json, body: Json, depth: int = 0) -> Json:
    """Return a job with its templates in it."""
    whole: Json = {}
    for parent in _parents(body) if depth < 11 else []:  # noqa: PLR2004 - GitLab's limit of levels
        whole = _deep_merge(whole, extended(config, config.get(parent, {}), depth + 1))
    return _deep_merge(whole, body)


def _needs_errors(name: str, body: Json, jobs: Json) -> Iterator[str]:
    for need in body.get("needs") or []:
        wanted = need.get("job") if isinstance(need, dict) else need
        optional = isinstance(need, dict) and (need.get("optional") or "project" in need or "pipeline" in need)
        if wanted not in jobs and not optional:
            yield f"{name} job: undefined need: {wanted}"
