"""One hand-written fake for each port: stateful, strict, without a network."""

from __future__ import annotations

import difflib
import hashlib
import inspect
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import wraps

from bot.app.ports import (
    Commit,
    ConflictError,
    DiffRefs,
    Discussion,
    FileDiff,
    ForbiddenError,
    ForgeJob,
    ForgePipeline,
    ForgeProject,
    InvalidPositionError,
    LintResult,
    MergeRequest,
    Note,
    NotFoundError,
    Services,
    User,
    WorkItem,
)
from tests.planted import ANY, OF_THE_OPERATOR, WATCH

BOT = User(1, "scansion", "Scansion", bot=True)
DEVELOPER = User(2, "dana", "Dana")
REPORTER = User(3, "remo", "Remo")
WRITES = {
    *("create_note", "update_note", "create_discussion", "reply", "resolve", "award"),
    *("retry_job", "delete_branch", "commit"),
    *("create_merge_request", "update_merge_request", "comment_on_commit", "set_commit_status"),
}


class KilledError(BaseException):
    """The worker's process ends here (kill -9)."""


@dataclass
class StoredCommit:
    sha: str
    files: dict[str, bytes]
    parent: str | None
    message: str
    author: str
    committer: str


@dataclass
class FakeClock:
    time: float = 1_790_000_000.0

    def now(self):
        return self.time


@dataclass
class FakeMemory:
    clock: FakeClock = field(default_factory=FakeClock)
    values: dict[str, str] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)

    async def get(self, key):
        return self.values.get(key) if self.until.get(key, 0) > self.clock.now() else None

    async def set(self, key, value, *, keep_s):
        assert keep_s > 0
        self.values[key] = value
        self.until[key] = self.clock.now() + keep_s


@dataclass
class FakeQueue:
    items: list[tuple[WorkItem, float]] = field(default_factory=list)

    async def add(self, delivery, items, *, delay_s=0):
        self.items += [(item, delay_s) for item in items]
        return True


def recorded(method):
    """Count the call and die before or after it where the test says so."""
    name = method.__name__

    @wraps(method)
    async def call(self, *args, **kwargs):
        self.calls[name] += 1
        if name not in WRITES:
            return await method(self, *args, **kwargs)
        self.writes.append(name)
        WATCH.look("comment", f"{name} {args} {kwargs}", OF_THE_OPERATOR if name == "commit" else ANY)
        if self.die_before == len(self.writes):
            raise KilledError
        result = await method(self, *args, **kwargs)
        if self.die_after == len(self.writes):
            raise KilledError
        return result

    return call


class FakeForge:
    """A small GitLab in memory, seen through the bot's port; it fails on what it does not know."""

    def __init__(self) -> None:
        self.me = BOT
        self.calls: Counter[str] = Counter()
        self.writes: list[str] = []
        self.die_before = self.die_after = 0
        self.stored: dict[int, ForgeProject] = {}
        self.history: dict[str, StoredCommit] = {}
        self.branches: dict[tuple[int, str], str] = {}
        self.protected: set[str] = set()
        self.requests: dict[tuple[int, int], MergeRequest] = {}
        self.bases: dict[tuple[int, int], str] = {}
        self.threads: dict[tuple[int, int], list[Discussion]] = {}
        self.awards: list[tuple[int, str]] = []
        self.levels: dict[int, int] = {BOT.id: 40, DEVELOPER.id: 30, REPORTER.id: 20}
        self.runs: dict[int, ForgePipeline] = {}
        self.jobs_of: dict[int, list[ForgeJob]] = {}
        self.traces: dict[int, bytes] = {}
        self.registry: dict[tuple[object, bool], list] = {}
        self.lint_errors: tuple[str, ...] = ()
        self.comments: dict[str, list[Note]] = {}
        self.statuses: list[tuple[str, str]] = []
        self.before_write = None
        self._ids = 1000
        self.wrap()

    def wrap(self) -> None:
        for name, method in inspect.getmembers(type(self), inspect.iscoroutinefunction):
            if not name.startswith("_"):
                setattr(self, name, recorded(method).__get__(self))

    # --- what tests do -------------------------------------------------------------------------------------

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def add_project(self, files: dict[str, str], project_id: int = 7, path: str = "group/app") -> ForgeProject:
        project = ForgeProject(
            id=project_id, path=path, web_url=f"https://gitlab.example/{path}", default_branch="main"
        )
        self.stored[project_id] = project
        self.push(project_id, "main", files)
        return project

    def push(self, project_id, branch, files, *, author="dana@example.org", start=None, message="Change") -> str:
        """Commit files to a branch; None as a content deletes one."""
        parent = self.branches.get((project_id, branch)) if start is None else start
        before = dict(self.history[parent].files) if parent else {}
        for path, text in files.items():
            if text is None:
                before.pop(path, None)
            else:
                before[path] = text if isinstance(text, bytes) else text.encode()
        sha = hashlib.sha1(f"{self.next_id()}{branch}{before}".encode()).hexdigest()
        self.history[sha] = StoredCommit(sha, before, parent, message, author, author)
        self.branches[project_id, branch] = sha
        for key, request in self.requests.items():
            if request.source_project_id == project_id and request.source_branch == branch:
                self._move(key, sha)
        return sha

    def open_request(self, source, target="main", *, author=DEVELOPER, source_project=7, **fields) -> MergeRequest:
        iid = 1 + max((iid for _, iid in self.requests), default=0)
        key = (7, iid)
        self.bases[key] = self.branches[7, target]
        self.requests[key] = MergeRequest(
            project_id=7,
            iid=iid,
            title=fields.pop("title", "Change something"),
            description=fields.pop("description", ""),
            state="opened",
            draft=fields.pop("draft", False),
            sha="",
            source_branch=source,
            target_branch=target,
            source_project_id=source_project,
            target_project_id=7,
            author=author,
            web_url=f"{self.stored[7].web_url}/-/merge_requests/{iid}",
            **fields,
        )
        self.threads[key] = []
        self._move(key, self.branches[source_project, source])
        return self.requests[key]

    def _move(self, key, sha) -> None:
        base = self.bases[key]
        self.requests[key] = replace(self.requests[key], sha=sha, diff_refs=DiffRefs(base, base, sha))

    def change_request(self, iid, **fields) -> MergeRequest:
        self.requests[7, iid] = replace(self.requests[7, iid], **fields)
        return self.requests[7, iid]

    def run_pipeline(self, branch, status, logs=None, *, project_id=7, duration_s=60.0, source="push") -> int:
        """Add a pipeline for a branch's head; ``logs`` maps jobs, which end as it does, to their traces."""
        pipeline_id = self.next_id()
        project = self.stored[project_id]
        self.runs[pipeline_id] = ForgePipeline(
            id=pipeline_id,
            project_id=project_id,
            sha=self.branches[project_id, branch],
            ref=branch,
            status=status,
            source=source,
            web_url=f"{project.web_url}/-/pipelines/{pipeline_id}",
            duration_s=duration_s,
            updated_at=f"{pipeline_id}",
        )
        self.jobs_of[pipeline_id] = []
        for name, log in (logs or {}).items():
            job_id = self.next_id()
            url = f"{project.web_url}/-/jobs/{job_id}"
            self.jobs_of[pipeline_id].append(ForgeJob(id=job_id, name=name, status=status, web_url=url))
            self.traces[job_id] = log if isinstance(log, bytes) else log.encode(errors="replace")
        return pipeline_id

    def write(self, iid, body, author=DEVELOPER, discussion=None) -> Note:
        """A person writes a comment."""
        note = Note(id=self.next_id(), body=body, author=author)
        return self._add_note((7, iid), note, discussion)

    def _add_note(self, key, note, discussion=None) -> Note:
        threads = self.threads[key]
        if discussion is None:
            note = replace(note, discussion_id=hashlib.sha1(str(note.id).encode()).hexdigest())
            threads.append(Discussion(note.discussion_id, (note,)))
            return note
        at = next((n for n, thread in enumerate(threads) if thread.id == discussion), None)
        if at is None:
            raise NotFoundError("404 Discussion Not Found")
        note = replace(note, discussion_id=discussion)
        threads[at] = Discussion(discussion, (*threads[at].notes, note))
        return note

    def notes(self, iid) -> list[Note]:
        return [note for thread in self.threads[7, iid] for note in thread.notes]

    # --- the port ------------------------------------------------------------------------------------------

    async def current_user(self, project_id=None):
        return self.me

    async def projects(self):
        return list(self.stored.values())

    async def project(self, project):
        found = [p for p in self.stored.values() if project in (p.id, p.path)]
        if not found:
            raise NotFoundError(f"404 Project `{project}` Not Found")
        return found[0]

    async def merge_request(self, project_id, iid):
        request = self.requests.get((project_id, iid))
        if request is None:
            raise NotFoundError(f"404 Merge Request !{iid} Not Found")
        runs = [run for run in self.runs.values() if run.source != "parent_pipeline"]
        ids = [run.id for run in runs if run.sha == request.sha]
        run = self.runs[max(ids)] if ids else None
        return replace(
            request,
            head_pipeline=run,
        )

    async def merge_requests(
        self, project_id, *, state="opened", source_branch="", target_branch="", author_id=None, updated_after=""
    ):
        return [
            request
            for (project, _), request in self.requests.items()
            if project == project_id
            and state in ("all", request.state)
            and source_branch in ("", request.source_branch)
            and target_branch in ("", request.target_branch)
            and author_id in (None, request.author.id)
        ]

    async def merge_request_diffs(self, project_id, iid):
        request = self.requests[project_id, iid]
        old, new = self.history[self.bases[project_id, iid]].files, self.history[request.sha].files
        paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        return [_file_diff(path, old.get(path), new.get(path)) for path in paths]

    async def file_sets(self, wanted):
        answer = []
        for item in wanted:
            path, ref, paths = (item.project_path, item.ref, item.paths) if hasattr(item, "ref") else item
            project = next((p for p in self.stored.values() if p.path == path), None)
            head = project.default_branch if project and ref == "HEAD" else ref
            sha = self.branches.get((project.id, head), head) if project else ""
            files = self.history[sha].files if sha in self.history else {}
            answer.append({name: files[name] for name in paths if name in files})
        return answer

    async def discussions(self, project_id, iid):
        return list(self.threads[project_id, iid])

    async def create_note(self, project_id, iid, body):
        return self._add_note((project_id, iid), Note(id=self.next_id(), body=body, author=self.me))

    async def update_note(self, project_id, iid, note_id, body):
        threads = self.threads[project_id, iid]
        for at, thread in enumerate(threads):
            for number, note in enumerate(thread.notes):
                if note.id == note_id:
                    if note.author.id != self.me.id and self.levels.get(self.me.id, 0) < 40:
                        raise ForbiddenError("403 Forbidden")
                    changed = replace(note, body=body)
                    notes = (*thread.notes[:number], changed, *thread.notes[number + 1 :])
                    threads[at] = Discussion(thread.id, notes)
                    return changed
        raise NotFoundError("404 Note Not Found")

    async def create_discussion(self, project_id, iid, body, position):
        request = self.requests[project_id, iid]
        path = line = None
        if position is not None:
            diffs = {
                diff.new_path: diff for diff in await self.merge_request_diffs.__wrapped__(self, project_id, iid)
            }
            diff = diffs.get(position.new_path)
            if diff is None or position.refs != request.diff_refs:
                raise InvalidPositionError("400 line_code can't be blank")
            expected = None if position.new_line in diff.added else diff.old_line_of.get(position.new_line)
            if (position.new_line not in diff.added and expected is None) or position.old_line != expected:
                raise InvalidPositionError("400 line_code can't be blank")
            path, line = position.new_path, position.new_line
        note = Note(id=self.next_id(), body=body, author=self.me, resolvable=True, path=path or "", new_line=line)
        stored = self._add_note((project_id, iid), note)
        return next(thread for thread in self.threads[project_id, iid] if thread.id == stored.discussion_id)

    async def reply(self, project_id, iid, discussion_id, body):
        note = Note(id=self.next_id(), body=body, author=self.me)
        return self._add_note((project_id, iid), note, discussion_id)

    async def resolve(self, project_id, iid, discussion_id, *, resolved):
        threads = self.threads[project_id, iid]
        at = next(n for n, thread in enumerate(threads) if thread.id == discussion_id)
        first, *rest = threads[at].notes
        if not first.resolvable:
            raise ForbiddenError("403 Forbidden")
        threads[at] = Discussion(discussion_id, (replace(first, resolved=resolved), *rest))

    async def award(self, project_id, iid, note_id, emoji):
        if (note_id, emoji) in self.awards:
            raise ConflictError("404 Award Emoji Name has already been taken")
        self.awards.append((note_id, emoji))

    async def access_level(self, project_id, user_id):
        return self.levels.get(user_id, 0)

    async def pipeline(self, project_id, pipeline_id):
        run = self.runs.get(pipeline_id)
        if run is None or run.project_id != project_id:
            raise NotFoundError(f"404 Pipeline {pipeline_id} Not Found")
        return run

    async def pipelines(self, project_id, *, ref="", sha="", source=""):
        found = [run for run in self.runs.values() if run.project_id == project_id]
        child = "parent_pipeline"  # these are listed only where they are asked for
        found = [run for run in found if run.source == source or (not source and run.source != child)]
        found = [run for run in found if ref in ("", run.ref) and sha in ("", run.sha)]
        return sorted(found, key=lambda run: -run.id)

    async def jobs(self, project_id, pipeline_id, *, failed, retried):
        run = self.runs.get(pipeline_id)
        if run is None or run.project_id != project_id:
            raise NotFoundError(f"404 Pipeline {pipeline_id} Not Found")
        return [job for job in self.jobs_of[pipeline_id] if not failed or job.status == "failed"]

    async def trace(self, project_id, job_id) -> AsyncIterator[bytes]:
        raise AssertionError("replaced below")

    async def retry_job(self, project_id, job_id):
        for jobs in self.jobs_of.values():
            for at, job in enumerate(jobs):
                if job.id == job_id:
                    jobs[at] = replace(job, id=self.next_id(), status="pending")
                    return jobs[at]
        raise NotFoundError(f"404 Job {job_id} Not Found")

    async def packages(self, project, *, group, name):
        return self.registry.get((project, group), [])

    async def lint(self, project_id, content, ref):
        return LintResult(not self.lint_errors, self.lint_errors)

    async def branch(self, project_id, name):
        sha = self.branches.get((project_id, name))
        if sha is None:
            raise NotFoundError("404 Branch Not Found")
        return self._commit(sha), name not in self.protected

    async def delete_branch(self, project_id, name):
        if (project_id, name) not in self.branches:
            raise NotFoundError("404 Branch Not Found")
        del self.branches[project_id, name]

    async def commits(self, project_id, ref, limit):
        found = []
        sha = self.branches.get((project_id, ref), ref)
        while sha and len(found) < limit:
            found.append(self._commit(sha))
            sha = self.history[sha].parent
        return found

    def _commit(self, sha) -> Commit:
        stored = self.history[sha]
        return Commit(sha, stored.author, stored.committer, stored.message)

    async def commit(self, project_id, *, branch, start_sha, message, changes, force):
        if any(branch.startswith(name) for name in self.protected):
            raise ForbiddenError("403 Forbidden - You are not allowed to push into this branch")
        start = self.history[start_sha]
        for change in changes:
            if change.create == (change.path in start.files):
                raise ConflictError(f"400 `{change.path}`: create is {change.create}")
        files = {change.path: change.content for change in changes}
        sha = self.push(project_id, branch, files, author="scansion@example.org", start=start_sha, message=message)
        return self._commit(sha)

    async def create_merge_request(self, project_id, *, source, target, title, description):
        if (project_id, source) not in self.branches:
            raise NotFoundError("400 source branch does not exist")
        for request in self.requests.values():
            if (request.source_branch, request.state) == (source, "opened"):
                raise ConflictError("409 Another open merge request already exists", request.iid)
        return self.open_request(
            source, target, author=self.me, title=title, description=description, draft=title.startswith("Draft:")
        )

    async def update_merge_request(self, project_id, iid, fields):
        fields = dict(fields)
        request = self.requests[project_id, iid]
        event = fields.pop("state_event", "")
        changes = {key: fields.pop(key) for key in ("title", "description") if key in fields}
        assert not fields, f"unknown fields {fields}"
        if "title" in changes:
            changes["draft"] = changes["title"].startswith("Draft:")
        if event:
            changes["state"] = {"close": "closed", "reopen": "opened"}[event]
        self.requests[project_id, iid] = replace(request, **changes)
        return await self.merge_request.__wrapped__(self, project_id, iid)

    async def commit_comments(self, project_id, sha):
        return self.comments.get(sha, [])

    async def comment_on_commit(self, project_id, sha, body):
        note = Note(id=self.next_id(), body=body, author=self.me)
        self.comments.setdefault(sha, []).append(note)

    async def set_commit_status(self, project_id, sha, *, ref, state, description):
        self.statuses.append((sha, state))


async def _trace(self, project_id, job_id):
    self.calls["trace"] += 1
    if job_id not in self.traces:
        raise NotFoundError("404 Trace Not Found")
    data = self.traces[job_id]
    for at in range(0, len(data), 1000):
        yield data[at : at + 1000]


FakeForge.trace = _trace


def _file_diff(path, old, new) -> FileDiff:
    before = (old or b"").decode(errors="replace").splitlines()
    after = (new or b"").decode(errors="replace").splitlines()
    added: set[int] = set()
    same: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for group in matcher.get_grouped_opcodes(3):
        for tag, first_old, _, first_new, last_new in group:
            if tag == "equal":
                same |= {first_new + n + 1: first_old + n + 1 for n in range(last_new - first_new)}
            else:
                added |= set(range(first_new + 1, last_new + 1))
    return FileDiff(
        old_path=path,
        new_path=path,
        deleted_file=new is None,
        added=frozenset(added),
        old_line_of=same,
    )


def services(forge: FakeForge, **fields) -> Services:
    """Services over fakes."""
    return Services(forge=forge, queue=FakeQueue(), memory=FakeMemory(), clock=FakeClock(), **fields)
