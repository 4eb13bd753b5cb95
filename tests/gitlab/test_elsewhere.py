"""What a snapshot needs from outside of its project is read only where the default branch points there."""

from __future__ import annotations

from functools import partial

import pytest

from bot.app.ports import Services
from bot.app.snapshots import read_commit, read_project
from bot.core.ci.reader import read_pipeline
from bot.core.policy import Policy
from bot.core.repair import repair
from bot.core.snapshot import RegistryKey
from tests.fakes import FakeClock, FakeMemory, FakeQueue
from tests.worlds import CI

TEMPLATES = "grp/templates"
BASE = ".base:\n  image: python:3.11-slim\n  cache:\n    key: {files: [poetry.lock]}\n    paths: [.venv/]\n"
INCLUDING = f"include:\n  - project: {TEMPLATES}\n    file: base.yml\n" + CI.replace(
    "test:\n", "test:\n  extends: .base\n"
)
LOCK = '[metadata]\nlock-version = "2.1"\npython-versions = "*"\ncontent-hash = "made up"\n'
PUBLISHING = """\
publish:
  image: python:3.11-slim
  script:
    - pip install poetry==2.1.4
    - poetry config repositories.there ${{CI_API_V4_URL}}/projects/{}/packages/pypi
    - poetry publish --build --repository there --username gitlab-ci-token --password "$CI_JOB_TOKEN"
"""


@pytest.fixture
def services(forge):
    return Services(forge, FakeQueue(), FakeMemory(), FakeClock())


@pytest.fixture
def templates(world):
    project = world.gitlab.create_project(TEMPLATES, members={world.bot: 30})
    world.gitlab.push(project, "main", {"base.yml": BASE}, "Base", world.dev)
    return project


def push(world, branch, content):
    world.gitlab.push(world.project, branch, {".gitlab-ci.yml": content}, "Change the pipeline", world.dev)
    return world.project.repository.branches[branch]


async def read(services, world, sha):
    project = await read_project(services, world.project.id)
    return (await read_commit(services, project, sha, "main")).snapshot


async def test_an_include_that_the_default_branch_has_is_seen_through_gitlab(services, world, templates):
    push(world, "main", INCLUDING)
    snapshot = await read(services, world, push(world, "feature", INCLUDING + "    - pytest\n"))
    pipeline = read_pipeline(snapshot)
    assert pipeline.complete
    assert pipeline.job("test").image.name.value == "python:3.11-slim"
    assert [line.text for line in pipeline.job("test").script] == ["poetry install", "pytest"]


async def test_an_include_that_the_author_adds_is_not_read_with_the_bots_rights(services, world, templates):
    snapshot = await read(services, world, push(world, "feature", INCLUDING))
    assert snapshot.facts.merged_ci is None
    assert not [request for request in world.gitlab.server.requests if request.path.endswith("/ci/lint")]


@pytest.mark.parametrize("change", [("base.yml", "secret.yml"), ("base.yml\n", "base.yml\n    ref: secret\n")])
async def test_an_include_that_the_author_changes_is_not_read_either(services, world, templates, change):
    push(world, "main", INCLUDING)
    snapshot = await read(services, world, push(world, "feature", INCLUDING.replace(*change)))
    assert snapshot.facts.merged_ci is None


async def test_an_alias_hides_no_change_of_an_include(services, world, templates):
    text = f".x: &x {{project: {TEMPLATES}, file: base.yml}}\ninclude:\n  - *x\n{CI}"
    push(world, "main", text)
    snapshot = await read(services, world, push(world, "feature", text.replace("base.yml", "secret.yml")))
    assert snapshot.facts.merged_ci is None


async def test_an_include_that_the_bot_may_not_read_stays_unknown(services, world):
    push(world, "main", INCLUDING)
    snapshot = await read(services, world, push(world, "feature", INCLUDING + "    - pytest\n"))
    assert snapshot.facts.merged_ci is None
    assert not read_pipeline(snapshot).complete


async def test_the_fix_of_a_file_with_includes_is_made_on_its_own_lines(services, world, templates):
    push(world, "main", INCLUDING)
    image_only, _, _ = BASE.partition("  cache")
    world.gitlab.push(templates, "main", {"base.yml": image_only}, "Drop the cache", world.dev)
    world.gitlab.push(world.project, "feature", {"poetry.lock": LOCK}, "Lock", world.dev)
    snapshot = await read(services, world, push(world, "feature", INCLUDING + "    - pytest\n"))
    made = repair(snapshot, partial(services.judge.check, policy=Policy()))
    assert "uncached-install" in {finding.rule for finding in made.applied}
    assert "cache:" in made.files[".gitlab-ci.yml"].text
    assert made.files[".gitlab-ci.yml"].text.count("include:") == 1


async def test_a_registry_of_another_project_is_asked_where_the_default_branch_publishes_there(
    services, world, templates
):
    text = PUBLISHING.format(templates.id)
    sha = push(world, "feature", text)
    there = RegistryKey("project", str(templates.id))
    assert there not in (await read(services, world, sha)).facts.published
    push(world, "main", text)
    assert there in (await read(services, world, sha)).facts.published


async def test_the_projects_own_registry_is_always_asked(services, world):
    sha = push(world, "feature", PUBLISHING.format("${CI_PROJECT_ID}"))
    assert RegistryKey("project") in (await read(services, world, sha)).facts.published
