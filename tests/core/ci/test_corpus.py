"""Real configurations: what is written in them is found where we say that it stands."""

import pytest

from bot.core.ci.reader import ci_error, read_pipeline
from bot.core.yamlwords import to_text
from tests.bench.corpus import ci_configs, read_folder
from tests.shared_data import needs_shared

TEMPLATES_OF_GENERATORS = {
    "artslob__cookiecutter-python",
    "at-gmbh__at-python-template",
    "emergentmethods__cookiecutter-flowdapt-plugin",
    "scruffaluff__scaffold-python",
}


@needs_shared
@pytest.mark.parametrize("folder", ci_configs(), ids=lambda folder: folder.name)
def test_each_line_of_a_real_script_is_found_in_its_file(folder):
    snapshot = read_folder(folder)
    pipeline = read_pipeline(snapshot)
    if folder.name in TEMPLATES_OF_GENERATORS:
        assert ci_error(snapshot).code == "template-file"
        return
    assert pipeline.jobs
    for job in pipeline.jobs:
        for line in (*job.script, *job.after_script):
            text = snapshot.files[line.location.path].text
            if "$[[" in line.location.span.of(text):
                continue  # an input was put in: the line is not in the file character by character
            assert not line.text or line.offsets
            assert all(
                at == -1 or text[at] in (letter, "\r") for at, letter in zip(line.offsets, line.text, strict=True)
            )


@needs_shared
@pytest.mark.parametrize("folder", ci_configs(), ids=lambda folder: folder.name)
def test_each_value_of_a_real_job_has_its_node(folder):
    pipeline = read_pipeline(read_folder(folder))
    for job in pipeline.jobs if pipeline else ():
        for name, text in job.variables.items():
            node = pipeline.node(text.location)
            assert node is not None
            assert job.origins[("variables", name)].path == text.location.path
            assert to_text(job.data["variables"][name]) == text.value or isinstance(
                job.data["variables"][name], dict
            )
        assert {part.path for part in job.parts} <= set(pipeline.included)
