"""What holds for the repository as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE = 400
MODULES = sorted((ROOT / "bot").rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short(module):
    assert len(module.read_text().splitlines()) <= LONGEST_MODULE


def test_the_tables_of_the_readme_are_current():
    command = [sys.executable, str(ROOT / "tools/readme_tables.py"), "--check"]
    stale = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False).returncode
    assert stale == 0, "run: .venv/bin/python tools/readme_tables.py"


def test_every_link_of_the_documents_leads_to_a_file():
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
