"""What a package index shows of the project."""

import re
import subprocess
import sys

import pytest
from support.scripts import ROOT, load_script, needs_sources

check_wheel = load_script(ROOT / "ci" / "check_wheel.py")


@pytest.fixture(scope="module")
def description() -> str:
    """The long description that the build makes."""
    done = subprocess.run(
        [sys.executable, "setup.py", "-q", "--long-description"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout[
        done.stdout.index("# ctios_fast\n") :
    ]  # after what Cython prints about changed sources


@needs_sources
def test_the_description_has_no_links_that_lead_nowhere(description: str) -> None:
    assert "# ctios_fast" in description
    assert check_wheel.dead_links(description) == []
    assert "docs/packaging.md" in description  # the text of a link stays


@needs_sources
def test_the_description_is_the_readme_otherwise(description: str) -> None:
    readme = re.sub(r"\]\([^)]*\)", "", (ROOT / "README.md").read_text("utf-8"))
    without_brackets = str.maketrans("", "", "[]")
    assert description.translate(without_brackets).split() == readme.translate(without_brackets).split()


def test_dead_links_are_found() -> None:
    text = "see [a](docs/a.md), [b](https://example.com/b), [c](#part)"
    assert check_wheel.dead_links(text) == [
        "the description links to docs/a.md",
        "the description links to #part",
    ]
