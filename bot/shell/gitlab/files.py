"""Many files in one GraphQL request; what it cannot give comes by REST."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from bot.app.ports import FileSet, NotFoundError, PermanentForgeError
from bot.shell.gitlab import shapes
from bot.shell.gitlab.client import GRAPHQL, Client, Endpoint
from bot.shell.gitlab.errors import not_understood

MAX_PATHS = 90  # nodes of one page are 100, a query's complexity may be 250: its fields and one for each path
MAX_COMPLEXITY_OF_PATHS = 150
_ONE_SET = (
    "s{0}: project(fullPath: $project{0}) {{ repository {{ blobs(ref: $ref{0}, paths: $paths{0}) "
    "{{ nodes {{ path size rawTextBlob }} }} }} }}"
)
_TOO_MUCH = re.compile(r"complexity|size limit|too large|timeout", re.IGNORECASE)
_VARIABLES = "$project{0}: ID!, $ref{0}: String!, $paths{0}: [String!]!"


def read_sets(client: Client, wanted: Sequence[FileSet]) -> list[dict[str, bytes]]:
    """Return each set's files that exist, by path."""
    found: list[dict[str, bytes]] = [{} for _ in wanted]
    for batch in _batches(wanted):
        for (index, _part), files in zip(batch, _read_batch(client, [part for _, part in batch]), strict=True):
            found[index] |= files
    return found


def _batches(wanted: Sequence[FileSet]) -> Iterator[list[tuple[int, FileSet]]]:
    batch: list[tuple[int, FileSet]] = []
    for index, whole in enumerate(wanted):
        for part in _parts(whole):
            if sum(len(known.paths) for _, known in batch) + len(part.paths) > MAX_COMPLEXITY_OF_PATHS:
                yield batch
                batch = []
            batch.append((index, part))
    if batch:
        yield batch


def _parts(whole: FileSet) -> Iterator[FileSet]:
    paths = iter(sorted(whole.paths))
    while part := frozenset(islice(paths, MAX_PATHS)):
        yield FileSet(whole.project_path, whole.ref, part)


def _read_batch(client: Client, parts: Sequence[FileSet]) -> list[dict[str, bytes]]:
    """Return the files of each part, in smaller questions where one is too large for GitLab."""
    try:
        reply = client.call(GRAPHQL, body=_question(parts))
    except NotFoundError:  # switched off, or hidden by a proxy
        return [_by_rest(client, part, part.paths) for part in parts]
    try:
        answer = msgspec.json.decode(reply.body, type=shapes.GraphAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_understood(GRAPHQL.operation, str(error)) from None
    if not answer.errors and answer.data is not None:
        return [_files(client, part, answer.data.get(f"s{n}")) for n, part in enumerate(parts)]
    if any(_TOO_MUCH.search(error.message) for error in answer.errors):
        return [_read_less(client, parts, part) for part in parts]
    return [_by_rest(client, part, part.paths) for part in parts]


def _read_less(client: Client, parts: Sequence[FileSet], part: FileSet) -> dict[str, bytes]:
    """Ask for one part alone, or for each half of one that was alone; a single file comes by REST."""
    if len(parts) > 1:
        return _read_batch(client, [part])[0]
    paths = sorted(part.paths)
    if len(paths) == 1:
        return _by_rest(client, part, part.paths)
    halves = (paths[: len(paths) // 2], paths[len(paths) // 2 :])
    smaller = [FileSet(part.project_path, part.ref, frozenset(half)) for half in halves]
    return {path: content for half in smaller for path, content in _read_batch(client, [half])[0].items()}


def _question(parts: Sequence[FileSet]) -> dict[str, object]:
    numbers = range(len(parts))
    variables: dict[str, object] = {}
    for n, part in enumerate(parts):
        variables |= {f"project{n}": part.project_path, f"ref{n}": part.ref, f"paths{n}": sorted(part.paths)}
    declared = ", ".join(_VARIABLES.format(n) for n in numbers)
    asked = " ".join(_ONE_SET.format(n) for n in numbers)
    return {"query": f"query ({declared}) {{ {asked} }}", "variables": variables}


def _files(client: Client, part: FileSet, project: shapes.GraphProject | None) -> dict[str, bytes]:
    """Return a part's files; a binary file, or one in another encoding, is asked for as it is."""
    blobs = project.repository.blobs if project and project.repository else None
    found: dict[str, bytes] = {}
    doubtful: set[str] = set()
    for blob in (blobs.nodes if blobs else None) or []:
        if blob is None:
            continue
        content = (blob.text or "").encode("utf-8", "surrogatepass")
        if blob.text is not None and str(blob.size) == str(len(content)):
            found[blob.path] = content
        else:
            doubtful.add(blob.path)
    return found | _by_rest(client, part, frozenset(doubtful))


def _by_rest(client: Client, part: FileSet, paths: frozenset[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(paths):
        endpoint = Endpoint("GET", "/projects/{}/repository/files/{}/raw", (part.project_path, path))
        try:
            found[path] = client.call(endpoint, {"ref": part.ref}).body
        except NotFoundError:
            continue
        except PermanentForgeError as error:
            raise PermanentForgeError(f"`{path}` of `{part.project_path}` cannot be read: {error}") from None
    return found
