"""Lines of scripts: added, extended, changed, removed."""

import pytest

from bot.core.edits.fragments import extend_command, replace_fragment
from bot.core.edits.scripts import append_line, insert_line, prepend_line, remove_line
from bot.core.edits.target import jobs_with_line
from bot.core.edits.text import EditRefused
from bot.core.shell_script.poetry_setup import poetry_setups
from bot.core.shell_script.system_install import system_installs
from tests.core.edits.edited import edited, target_of

APT = "apt-get update && apt-get install -y --no-install-recommends gcc"

SHARED = """\
before_script:
- pip install poetry
- poetry install   # all groups

test:
  script:
  - poetry run pytest

lint:
  script: poetry run ruff check
"""


def test_a_line_is_added_in_front_of_another_with_the_dash_of_its_neighbours():
    after = edited(SHARED, (), lambda t: insert_line(t, APT, t.jobs[0].script[1]))
    assert after == SHARED.replace("- poetry install ", f"- {APT}\n- poetry install ")


def test_a_job_gets_a_section_of_its_own_where_others_share_the_line():
    after = edited(SHARED, ["test"], lambda t: insert_line(t, APT, t.jobs[0].script[1]))
    own = f"test:\n  before_script:\n  - {APT}\n  - pip install poetry\n  - poetry install\n  script:"
    assert after == SHARED.replace("test:\n  script:", own)


def test_a_template_of_other_jobs_is_referred_to_and_not_changed():
    text = ".base:\n  before_script:\n    - a\n\nx:\n  extends: .base\n  script:\n    - b\n\n"
    text += "y:\n  extends: .base\n  script: [c]\n"
    after = edited(text, ["x"], lambda t: prepend_line(t, APT))
    assert after == text.replace(
        "x:\n  extends: .base\n",
        f"x:\n  extends: .base\n  before_script:\n    - {APT}\n    - !reference [.base, before_script]\n",
    )


def test_a_template_that_serves_exactly_the_jobs_is_changed():
    text = ".base: &base\n  image: i\n\nx:\n  <<: *base\n  script: [a]\ny:\n  <<: *base\n  script: [b]\n"
    text += "z:\n  script:\n    - c\n"
    after = edited(text, ["x", "y"], lambda t: prepend_line(t, "go"))
    assert after == text.replace("  image: i\n", "  image: i\n  before_script:\n    - go\n")


def test_a_line_goes_in_front_of_the_alias_that_brings_the_other():
    text = ".i: &i\n  - poetry install\n\nx:\n  script:\n    - *i\n    - a\ny:\n  script:\n    - *i\n    - b\n"
    after = edited(text, ["y"], lambda t: insert_line(t, "go", t.jobs[0].script[0]))
    assert after == text.replace("    - *i\n    - b\n", "    - go\n    - *i\n    - b\n")


def test_a_block_of_lines_grows_at_its_start():
    text = "x:\n  script: |\n    poetry install\n    pytest\n"
    after = edited(text, ["x"], lambda t: insert_line(t, "go", t.jobs[0].script[0]))
    assert after == "x:\n  script: |\n    go\n    poetry install\n    pytest\n"


def test_a_single_text_becomes_a_list():
    after = edited(SHARED, ["lint"], lambda t: append_line(t, "script", "echo: done"))
    assert after == SHARED.replace(
        "  script: poetry run ruff check\n", '  script:\n  - poetry run ruff check\n  - "echo: done"\n'
    )


def test_a_list_in_brackets_grows_inside_them():
    after = edited("x:\n  script: [a, b]\n", ["x"], lambda t: insert_line(t, "c d", t.jobs[0].script[1]))
    assert after == "x:\n  script: [a, c d, b]\n"


@pytest.mark.parametrize("end", ["\n", ""])
def test_line_ends_and_a_missing_last_one_stay(end):
    text = "x:\r\n  script:\r\n  - a" + end.replace("\n", "\r\n")
    after = edited(text, ["x"], lambda t: append_line(t, "script", "b"))
    assert after == "x:\r\n  script:\r\n  - a\r\n  - b" + end.replace("\n", "\r\n")


def test_quotes_follow_the_neighbour():
    after = edited("x:\n  script:\n    - 'a'\n", ["x"], lambda t: append_line(t, "script", "it's"))
    assert after == "x:\n  script:\n    - 'a'\n    - 'it''s'\n"


def test_an_install_command_is_extended_where_it_ends():
    text = "x:\n  script:\n    - apt-get update && apt-get install -y \\\n        git && rm -rf /var/lib/apt\n"

    def extend(t):
        (install,) = system_installs(t.jobs[0].commands)
        return extend_command(t, install.command, ["gcc", "libpq-dev"])

    assert edited(text, ["x"], extend) == text.replace("git &&", "git gcc libpq-dev &&")


def test_a_version_is_pinned_inside_a_command():
    def pin(t):
        (setup,) = poetry_setups(t.jobs[0])
        return replace_fragment(t, setup.word.location, "poetry==1.8.3")

    assert edited(SHARED, (), pin) == SHARED.replace("install poetry\n", "install poetry==1.8.3\n")


def test_a_text_that_needs_quotes_gets_them():
    text = "x:\n  script:\n    - echo a\n"
    after = edited(text, ["x"], lambda t: replace_fragment(t, t.jobs[0].script[0].locate(5, 6), "b: c"))
    assert after == 'x:\n  script:\n    - "echo b: c"\n'


def test_a_change_that_would_reach_other_jobs_is_refused():
    with pytest.raises(EditRefused, match="`lint`, which is not meant"):
        edited(SHARED, ["test"], lambda t: replace_fragment(t, t.jobs[0].script[0].locate(0, 3), "pip3"))


def test_the_jobs_that_share_a_line_are_known():
    meant = target_of(SHARED)
    assert [job.name for job in jobs_with_line(meant.pipeline, meant.jobs[0].script[0])] == ["test", "lint"]
    assert [job.name for job in jobs_with_line(meant.pipeline, meant.jobs[0].script[2])] == ["test"]


def test_a_line_is_removed_but_never_the_only_one():
    assert edited(SHARED, (), lambda t: remove_line(t, t.jobs[0].script[0])) == SHARED.replace(
        "- pip install poetry\n", ""
    )
    with pytest.raises(EditRefused):
        edited(SHARED, ["test"], lambda t: remove_line(t, t.jobs[0].script[2]))
