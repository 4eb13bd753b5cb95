"""The simulated GraphQL API: the files of a snapshot in one call, within GitLab's limits."""

from __future__ import annotations

import base64
from functools import cache

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Visitor,
    build_schema,
    execute_sync,
    parse,
    validate,
    visit,
)
from graphql.language import FieldNode

from bot.shell.sandbox import access
from bot.shell.sandbox.repository import blob_id
from bot.shell.sandbox.state import Json, Project, User, World

MAX_COMPLEXITY = 250
MAX_QUERY = 10_000
MAX_NODES = 100
MAX_BLOBS = 20 * 1024 * 1024

# The part of GitLab's schema that is simulated; BigInt is text in JSON.
SCHEMA = """
scalar BigInt
enum RefType { HEADS TAGS }
type Query { project(fullPath: ID!): Project }
type Project {
  id: ID! name: String! fullPath: ID! webUrl: String ciConfigPathOrDefault: String repository: Repository
}
type Repository {
  rootRef: String empty: Boolean! exists: Boolean!
  blobs(paths: [String!]!, ref: String, refType: RefType): RepositoryBlobConnection
}
type RepositoryBlobConnection { nodes: [RepositoryBlob] }
type RepositoryBlob {
  id: ID! oid: String! path: String! name: String size: BigInt rawSize: BigInt
  rawTextBlob: String rawBlob: String base64EncodedBlob: String
}
"""


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SCHEMA)


def answer(world: World, user: User, query: str, variables: Json) -> Json:
    """Return the answer to a query; errors come inside of it, never as a status."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return {"errors": [{"message": error.message}]}
    errors = validate(_schema(), document)
    complexity = _complexity(document, variables)
    if len(query) > MAX_QUERY:
        return {"errors": [{"message": "Query too large"}]}
    if errors:
        return {"errors": [{"message": error.message} for error in errors]}
    if complexity > MAX_COMPLEXITY:
        text = f"Query has complexity of {complexity}, which exceeds max complexity of {MAX_COMPLEXITY}"
        return {"errors": [{"message": text}]}
    result = execute_sync(_schema(), document, _Root(world, user), variable_values=variables)
    found = {"data": result.data}
    return found | ({"errors": [{"message": e.message} for e in result.errors]} if result.errors else {})


def _complexity(document: DocumentNode, variables: Json) -> int:
    class Counter(Visitor):
        fields = 0

        def enter_field(self, _node: FieldNode, *_args: object) -> None:
            self.fields += 1

    counter = Counter()
    visit(document, counter)
    return counter.fields + sum(len(value) for value in variables.values() if isinstance(value, list))


class _Root:
    """Resolvers: graphql-core calls methods with the info and the arguments."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self._user = user

    def project(self, _info: object, fullPath: str) -> Json | None:  # noqa: N803 - GraphQL's name
        found = next((project for project in self._world.projects if project.path == fullPath), None)
        if found is None or not access.may_see(found, self._user):
            return None
        return {
            "id": f"gid://gitlab/Project/{found.id}",
            "name": found.name,
            "fullPath": found.path,
            "webUrl": f"{self._world.base_url}/{found.path}",
            "ciConfigPathOrDefault": found.ci_config_path or ".gitlab-ci.yml",
            "repository": _Repository(found),
        }


class _Repository:
    def __init__(self, project: Project) -> None:
        self._project = project
        self.rootRef = project.repository.default_branch
        self.empty = not project.repository.commits
        self.exists = True

    def blobs(self, _info: object, paths: list[str], ref: str = "", **_args: object) -> Json:
        commit = self._project.repository.resolve(ref or "HEAD")
        tree = commit.tree if commit else {}
        found = [path for path in dict.fromkeys(paths) if path in tree]
        if sum(len(tree[path]) for path in found) > MAX_BLOBS:
            raise GraphQLError("Max blobs size limit exceeded")
        return {"nodes": [_blob(path, tree[path]) for path in found[:MAX_NODES]]}


def _blob(path: str, content: bytes) -> Json:
    binary = b"\0" in content
    text = None if binary else content.decode("utf-8", "replace")
    return {
        "id": f"gid://gitlab/Blob/{blob_id(content)}",
        "oid": blob_id(content),
        "path": path,
        "name": path.rpartition("/")[2],
        "size": str(len(content)),
        "rawSize": str(len(content)),
        "rawTextBlob": text,
        "rawBlob": text,
        "base64EncodedBlob": base64.b64encode(content).decode(),
    }
