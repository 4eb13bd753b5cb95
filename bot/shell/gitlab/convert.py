"""GitLab's answers as the values of the port."""

from __future__ import annotations

from bot.app import ports
from bot.shell.gitlab import shapes
from bot.shell.gitlab.diff import read_diff


def user(shape: shapes.User) -> ports.User:
    """A user."""
    return ports.User(id=shape.id, username=shape.username, name=shape.name or "", bot=shape.bot)


def project(shape: shapes.Project) -> ports.ForgeProject:
    """A project."""
    return ports.ForgeProject(
        id=shape.id,
        path=shape.path_with_namespace,
        web_url=shape.web_url,
        default_branch=shape.default_branch or "",
        ci_config_path=shape.ci_config_path or "",
    )


def merge_request(shape: shapes.MergeRequest) -> ports.MergeRequest:
    """A merge request."""
    head = shape.head_pipeline
    return ports.MergeRequest(
        project_id=shape.project_id,
        iid=shape.iid,
        title=shape.title,
        description=shape.description or "",
        state=shape.state,
        draft=shape.draft,
        sha=shape.sha or "",
        source_branch=shape.source_branch,
        target_branch=shape.target_branch,
        source_project_id=shape.source_project_id,
        target_project_id=shape.target_project_id,
        author=user(shape.author),
        web_url=shape.web_url,
        labels=tuple(shape.labels),
        diff_refs=_diff_refs(shape.diff_refs),
        head_pipeline=pipeline(head, head.project_id or shape.project_id) if head else None,
        changed_files=_count(shape.changes_count),
    )


def _count(text: str | None) -> int | None:
    """GitLab counts to a limit: `1000+` is a thousand at least."""
    number = (text or "").rstrip("+")
    return int(number) if number.isdigit() else None


def _diff_refs(shape: shapes.DiffRefs | None) -> ports.DiffRefs | None:
    if shape is None or not (shape.base_sha and shape.start_sha and shape.head_sha):
        return None
    return ports.DiffRefs(base_sha=shape.base_sha, start_sha=shape.start_sha, head_sha=shape.head_sha)


def file_diff(shape: shapes.Diff) -> ports.FileDiff:
    """A changed file."""
    added, old_line_of = read_diff(shape.diff or "")
    return ports.FileDiff(
        old_path=shape.old_path,
        new_path=shape.new_path,
        deleted_file=shape.deleted_file,
        added=added,
        old_line_of=old_line_of,
    )


def note(shape: shapes.Note, discussion_id: str = "") -> ports.Note:
    """A comment."""
    place = shape.position or shapes.Position()
    return ports.Note(
        id=shape.id,
        body=shape.body,
        author=user(shape.author),
        system=shape.system,
        resolvable=shape.resolvable,
        resolved=shape.resolved,
        discussion_id=discussion_id,
        path=place.new_path or "",
        new_line=place.new_line,
        created_at=shape.created_at,
        updated_at=shape.updated_at,
    )


def discussion(shape: shapes.Discussion) -> ports.Discussion:
    """A thread."""
    return ports.Discussion(shape.id, tuple(note(item, shape.id) for item in shape.notes))


def commit_comment(shape: shapes.CommitComment) -> ports.Note:
    """A comment on a commit."""
    return ports.Note(id=0, body=shape.note, author=user(shape.author), created_at=shape.created_at)


def pipeline(shape: shapes.Pipeline, project_id: int) -> ports.ForgePipeline:
    """A pipeline."""
    return ports.ForgePipeline(
        id=shape.id,
        project_id=project_id,
        sha=shape.sha,
        ref=shape.ref or "",
        status=shape.status,
        source=shape.source or "",
        web_url=shape.web_url,
        yaml_errors=shape.yaml_errors or "",
        duration_s=shape.duration,
        updated_at=shape.updated_at or "",
    )


def job(shape: shapes.Job) -> ports.ForgeJob:
    """A CI job."""
    return ports.ForgeJob(
        id=shape.id,
        name=shape.name,
        status=shape.status,
        web_url=shape.web_url,
        failure_reason=shape.failure_reason or "",
        allow_failure=shape.allow_failure,
        duration_s=shape.duration,
    )


def commit(shape: shapes.Commit) -> ports.Commit:
    """A commit."""
    return ports.Commit(
        sha=shape.id,
        author_email=shape.author_email or "",
        committer_email=shape.committer_email or "",
        message=shape.message or "",
    )


def lint(shape: shapes.Lint) -> ports.LintResult:
    """The judgement of a CI file."""
    return ports.LintResult(shape.valid, tuple(shape.errors), shape.merged_yaml or "")


def package(shape: shapes.Package, host: str) -> ports.Package:
    """A package version."""
    path = shape.links.web_path
    return ports.Package(
        name=shape.name,
        version=shape.version or "",
        web_url=f"{host}{path}" if path else "",
        project_path=shape.project_path or "",
    )


def position(place: ports.Position) -> dict[str, object]:
    """The place of a diff thread, as GitLab takes it: an added line has no old number."""
    lines: dict[str, object] = {"new_line": place.new_line}
    if place.old_line is not None:
        lines["old_line"] = place.old_line
    return {
        "position_type": "text",
        "base_sha": place.refs.base_sha,
        "start_sha": place.refs.start_sha,
        "head_sha": place.refs.head_sha,
        "old_path": place.old_path,
        "new_path": place.new_path,
        **lines,
    }
