"""Commands of a job's script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.shell_script.reader import missing_scripts
from tests.core.shell_script.made_jobs import commands_of, make_job, texts


def test_items_of_one_section_share_a_shell():
    found = commands_of("cd app", "export A=1", "make_it", before=["V=1.8"])
    assert [command.section for command in found] == ["script", "script"]
    assert found[1].directory == "app"
    assert found[1].assignments["A"].text == "1"


def test_line_and_section_name_the_item():
    found = commands_of("b", before=["a"], after=["c"])
    assert [(command.name, command.section, command.line) for command in found] == [
        ("a", "before_script", 0),
        ("b", "script", 1),
        ("c", "after_script", -1),
    ]


def test_after_script_has_a_shell_of_its_own_and_may_fail():
    (after,) = [c for c in commands_of("export A=1; cd x", after=["echo $A"]) if c.section == "after_script"]
    assert not after.words[1].known
    assert after.directory == ""
    assert after.ignored


def test_words_keep_their_place_in_the_file():
    (command,) = commands_of("pip install 'poetry==1.8.3'  # pinned")
    location = command.words[2].location
    assert command.words[2].text == "poetry==1.8.3"
    assert (location.span.start, location.span.end) == (12, 27)
    assert (command.location.span.start, command.location.span.end) == (0, 27)


def test_places_count_characters_not_bytes():
    (command,) = commands_of("écho “x” poetry")
    assert (command.words[2].location.span.start, command.words[2].location.span.end) == (9, 15)


def test_known_variables_are_replaced_and_split():
    assert texts("apt-get install -y $PACKAGES", variables={"PACKAGES": "gcc  libpq-dev"}) == [
        "apt-get install -y gcc libpq-dev"
    ]
    (command,) = commands_of('echo "$P"', variables={"P": "a b"})
    assert command.arguments == ("a b",)


def test_variables_name_each_other_and_cycles_end():
    assert texts("echo $A", variables={"A": "1-$B", "B": "${C}", "C": "$$x"}) == ["echo 1-$x"]
    (command,) = commands_of("echo $A", variables={"A": "$B", "B": "$A"})
    assert not command.words[1].known


def test_unknown_variable_stays_as_written():
    (command,) = commands_of("pip install poetry==$POETRY_VERSION")
    assert command.words[2].text == "poetry==$POETRY_VERSION"
    assert not command.words[2].known


def test_a_variable_of_the_matrix_is_certain_only_where_all_jobs_agree():
    matrix = [{"P": "3.11", "Q": "1"}, {"P": "3.12", "Q": "1"}]
    (command,) = commands_of("echo $P $Q", matrix=matrix)
    assert [word.known for word in command.words] == [True, False, True]


def test_a_variable_that_a_rule_sets_is_not_certain():
    data = {"rules": [{"if": "$CI", "variables": {"V": "2"}}]}
    (command,) = commands_of("echo $V", variables={"V": "1"}, data=data)
    assert not command.words[1].known


def test_a_variable_set_in_a_branch_is_not_certain_behind_it():
    found = commands_of("V=1", "if [ -f x ]; then V=2; fi", "echo $V")
    assert not found[-1].words[1].known


def test_wrappers_are_looked_through():
    assert texts(
        "sudo -E -u root FOO=1 apt-get update",
        "env -i A=1 pip install x",
        "time -p poetry install",
        "exec pytest",
        "timeout -k 5 60 tox",
        "echo a | xargs -n 1 pip install",
    ) == ["apt-get update", "pip install x", "poetry install", "pytest", "tox", "echo a", "pip install"]


def test_quoted_command_does_not_run():
    assert texts("echo 'poetry install'", 'echo "poetry publish"') == [
        "echo poetry install",
        "echo poetry publish",
    ]


def test_here_document_is_data_unless_a_shell_reads_it():
    assert texts("cat <<EOF > f\npoetry publish\nEOF") == ["cat"]
    assert texts("bash <<EOF\npoetry publish\nEOF") == ["bash", "poetry publish"]


def test_conditions_mark_what_may_be_skipped_and_what_may_fail():
    found = {c.name: c for c in commands_of("if ask; then a; else b; fi", "[ -f x ] && c", "d || e", "f && g")}
    assert found["ask"].ignored
    assert [found[name].conditional for name in "abcdefg"] == [True, True, True, False, True, False, False]
    assert found["d"].ignored
    assert not found["f"].ignored


@pytest.mark.parametrize("behind", ["exit 1", "(echo no; exit 1)", "{ echo no; exit 2; }", "false"])
def test_a_failure_that_ends_the_job_is_not_ignored(behind):
    assert not commands_of(f"poetry install || {behind}")[0].ignored


@pytest.mark.parametrize("line", ["poetry install || true", "! poetry install", "poetry install &"])
def test_a_failure_may_be_ignored(line):
    assert commands_of(line)[0].ignored


def test_an_item_may_go_on_in_the_next_one():
    found = commands_of("if [ -f x ]; then", "poetry install", "fi", "pytest")
    assert [(c.name, c.line, c.conditional) for c in found] == [("poetry", 1, True), ("pytest", 3, False)]


def test_a_broken_line_does_not_take_the_others_with_it():
    assert "poetry install" in texts("echo 'broken", "poetry install", "echo )")
    assert "poetry install" in texts("echo (\npoetry install \\\n --no-root\n").__str__()


def test_functions_run_where_they_are_called():
    assert texts("setup() { pip install $1; }", "setup poetry") == ["pip install poetry"]
    assert texts("f() { f; }", "f") == ["f"]


def test_nested_scripts_are_read():
    assert texts("bash -c 'cd x && poetry install'") == [
        "bash -c cd x && poetry install",
        "cd x",
        "poetry install",
    ]
    assert texts("eval 'poetry install'") == ["eval poetry install", "poetry install"]
    inner = commands_of("X=$(poetry version -s)")[0]
    assert inner.substituted
    assert inner.arguments == ("version", "-s")


def test_pipes_say_who_feeds_whom():
    curl, python = commands_of("curl -sSL https://x.example | POETRY_VERSION=1.2 python3 - --yes")
    assert (curl.pipe_to, python.pipe_from) == ("python3", "curl")
    assert python.prefix["POETRY_VERSION"].text == "1.2"


def test_scripts_of_the_repository_are_read():
    files = {"ci/run.sh": "#!/bin/sh\npip install $1\npoetry install\n", "env.sh": "export Z=9"}
    found = commands_of("sh ci/run.sh poetry", "./ci/run.sh x", ". ./env.sh", "echo $Z", files=files)
    assert [" ".join(w.text for w in c.words) for c in found if c.origin] == [
        "pip install poetry",
        "poetry install",
        "pip install x",
        "poetry install",
    ]
    assert found[1].ignored, "the script goes on after a failure"
    assert not found[2].ignored, "its last command decides"
    assert found[2].location.path == "ci/run.sh"
    assert found[-1].words[1].text == "9"


def test_scripts_that_call_each_other_end():
    assert len(texts("sh a.sh", files={"a.sh": "sh b.sh", "b.sh": "sh a.sh"})) == 3


def test_a_script_in_another_folder_is_found_from_there():
    assert texts("cd ci", "./x.sh", files={"ci/x.sh": "tox"}) == ["cd ci", "./x.sh", "tox"]


def test_scripts_that_are_not_at_hand_are_named():
    job = make_job("./ci/a.sh", "source $X/b.sh", "make -C app x", "bash c.sh", "/bin/d", ".venv/bin/pytest")
    makefiles = {"app/GNUmakefile", "app/makefile", "app/Makefile"}
    assert missing_scripts(job) == {"ci/a.sh", "c.sh", ".venv/bin/pytest", *makefiles}


def test_make_targets_are_read():
    makefile = (
        "RUN ?= poetry run\n\ntest: install\n\t@$(RUN) pytest $$X\ninstall:\n\t-poetry install \\\n\t  --no-root\n"
    )
    found = commands_of("make test", files={"Makefile": makefile})
    assert [" ".join(w.text for w in c.words) for c in found] == [
        "make test",
        "poetry install --no-root",
        "poetry run pytest $X",
    ]
    assert found[1].ignored
    assert found[1].origin == "Makefile"
    assert makefile[found[2].location.span.start :].startswith(" pytest")


def test_make_follows_its_options():
    assert texts("make -C app PY=python3", files={"app/Makefile": "all:\n\t$(PY) -m pytest\n"}) == [
        "make -C app PY=python3",
        "python3 -m pytest",
    ]


HOSTILE = [
    "$(" * 400,
    "((" * 400,
    "a=(" * 9000,
    "<<E\n" * 5000,
    "`" * 999,
    "if " * 999,
    "x && " * 3000 + "y",
    '"',
    "\\",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_lines_end_soon(line):
    commands_of(line, "poetry install")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="ab $(){}[]|&;<>'\"`\\\n=#!-$x", max_size=40), max_size=4))
def test_any_text_is_read(lines):
    for command in commands_of(*lines):
        assert command.words
        assert 0 <= command.line < len(lines)


def test_job_reads_its_own_commands():
    assert [command.name for command in make_job("poetry install").commands] == ["poetry"]


def test_variables_inside_one_unquoted_word_stay_one_word():
    written = "poetry config repositories.gitlab $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi"
    (command,) = commands_of(written, variables={"CI_PROJECT_ID": "7"})
    assert command.arguments[-1] == "$CI_API_V4_URL/projects/7/packages/pypi"
    assert not command.words[-1].known
    (longer,) = commands_of("curl -o x $A/b/$C/d/$E/f -L")
    assert longer.arguments == ("-o", "x", "$A/b/$C/d/$E/f", "-L")


def test_loops_and_cases_are_read():
    found = commands_of(
        "for i in one; do pip install $i; done",
        "for i in $LIST; do a $i; done",
        "while ask; do b; done",
        "case $x in 1|2) c;; *) d;; esac",
    )
    assert [(" ".join(w.text for w in c.words), c.conditional) for c in found] == [
        ("pip install one", False),
        ("a $i", True),
        ("ask", False),
        ("b", True),
        ("c", True),
        ("d", True),
    ]


def test_every_branch_of_an_if_is_read():
    found = commands_of("if a; then b; elif c; then d; else e; fi")
    assert [(c.name, c.conditional, c.ignored) for c in found] == [
        ("a", False, True),
        ("b", True, False),
        ("c", True, True),
        ("d", True, False),
        ("e", True, False),
    ]


def test_a_subshell_keeps_its_changes_to_itself():
    found = commands_of("(cd app && A=1 && b $A)", "c $A")
    assert [(c.name, c.directory) for c in found] == [("cd", ""), ("b", "app"), ("c", "")]
    assert found[1].words[1].text == "1"
    assert not found[2].words[1].known


@pytest.mark.parametrize(
    ("lines", "directory"),
    [
        (["cd a/b", "cd ..", "x"], "a"),
        (["cd a", 'cd "$CI_PROJECT_DIR"', "x"], ""),
        (["pushd a", "x"], "a"),
        (["pushd a", "popd", "x"], None),
        (["cd /opt", "x"], None),
        (["cd ../..", "x"], None),
        (["cd $X", "x"], None),
        (["cd", "x"], None),
    ],
)
def test_the_folder_is_followed(lines, directory):
    assert commands_of(*lines)[-1].directory == directory


def test_the_shell_s_options_are_followed():
    found = {
        c.name: c for c in commands_of("set +e", "a", "set -eu", "b", "set +o errexit", "c", "set -a", "X=1", "d")
    }
    assert [found[name].ignored for name in "abc"] == [True, False, True]
    assert found["d"].assignments["X"].text == "1"


def test_assignments_are_followed():
    found = commands_of(
        "A=1 B=2", "export A", "C+=x", "a $A$B $C", "unset A", "b $A", "declare -x D=4", "c", "readonly E=5"
    )
    by_name = {c.name: c for c in found}
    assert by_name["a"].words[1].text == "12"
    assert not by_name["a"].words[2].known
    assert by_name["a"].assignments["A"].text == "1"
    assert "B" not in by_name["a"].assignments
    assert not by_name["b"].words[1].known
    assert by_name["c"].assignments["D"].text == "4"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\\ b", "a b"),
        ("'a'\"b\"c", "abc"),
        ("$'a\\tb'", "a\tb"),
        ('"a\\"b\\$c"', 'a"b$c'),
        ('""', ""),
    ],
)
def test_quotes_are_removed_as_the_shell_does(written, read):
    (command,) = commands_of(f"echo {written}")
    assert command.arguments == (read,)


def test_where_output_goes_is_known():
    assert commands_of("poetry export -f x > req.txt 2> err.txt")[0].output.text == "req.txt"
    assert commands_of("cat <<EOF > f\nx\nEOF")[0].output.text == "f"
    assert commands_of("a 2> err.txt")[0].output is None


def test_make_reads_other_files_and_inner_makes():
    files = {"build.mk": "V := 1\nW = $(V).2\nall: ; tool $(W)\n\t$(MAKE) -f build.mk more\nmore:\n\t@other $@\n"}
    assert texts("make -f build.mk", files=files) == [
        "make -f build.mk",
        "tool 1.2",
        "make -f build.mk more",
        "other more",
    ]
