"""A repository in memory: commits with whole trees, branches, tags, history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ZERO_SHA = "0" * 40
MIN_PREFIX = 7
Tree = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit; ``tree`` maps every path to its content."""

    sha: str
    parents: tuple[str, ...]
    tree: Tree = field(repr=False)
    message: str
    author: Signature
    committer: Signature
    time: float

    @property
    def title(self) -> str:
        """The message's first line."""
        return self.message.split("\n", 1)[0]


def blob_id(content: bytes) -> str:
    """Return git's own id of a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    """Commits by sha, and the names that point at them."""

    default_branch: str = "main"
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def resolve(self, ref: str) -> Commit | None:
        """Return the commit that a branch, a tag, `HEAD` or a sha (or its beginning) names."""
        name = self.default_branch if ref == "HEAD" else ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        sha = self.branches.get(name) or self.tags.get(name) or ref
        if sha in self.commits:
            return self.commits[sha]
        if len(ref) < MIN_PREFIX:
            return None
        return next((commit for known, commit in self.commits.items() if known.startswith(ref)), None)

    def store(
        self, tree: Tree, message: str, *, parents: tuple[str, ...], by: tuple[Signature, Signature], time: float
    ) -> Commit:
        """Add a commit that no branch points at yet. ``by`` is its author and its committer."""
        author, committer = by
        listing = "".join(f"{path} {blob_id(tree[path])}\n" for path in sorted(tree))
        text = f"{listing}{parents}{author}{committer}{time}{message}"
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        commit = Commit(
            sha=sha,
            parents=parents,
            tree=dict(tree),
            message=message,
            author=author,
            committer=committer,
            time=time,
        )
        self.commits[sha] = commit
        return commit

    def history(self, sha: str) -> Iterator[Commit]:
        """Yield a commit and its ancestors, newest first."""
        waiting, seen = [self.commits[sha]], {sha}
        while waiting:
            waiting.sort(key=lambda commit: commit.time)
            commit = waiting.pop()
            yield commit
            for parent in commit.parents:
                if parent not in seen and parent in self.commits:
                    seen.add(parent)
                    waiting.append(self.commits[parent])

    def merge_base(self, one: str, other: str) -> Commit | None:
        """Return the newest common ancestor."""
        known = {commit.sha for commit in self.history(one)}
        return next((commit for commit in self.history(other) if commit.sha in known), None)

    def between(self, old: str, new: str) -> list[Commit]:
        """Return the commits that ``new`` has and ``old`` has not, oldest first."""
        known = {commit.sha for commit in self.history(old)} if old in self.commits else set()
        return [commit for commit in self.history(new) if commit.sha not in known][::-1]

    def last_change(self, sha: str, path: str) -> str:
        """Return the sha of the newest commit up to ``sha`` that changed a file."""
        last = sha
        for commit in self.history(sha):
            if commit.tree.get(path) != self.commits[sha].tree.get(path):
                break
            last = commit.sha
        return last
