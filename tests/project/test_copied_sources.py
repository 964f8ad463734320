"""``copy_sources`` of ``ci/common.sh``, by which scripts build apart from the working copy."""

import subprocess
from pathlib import Path

import pytest
from support.scripts import ROOT, needs_sources

pytestmark = needs_sources


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a Cython module, a Python module whose name has a space, and the script."""
    root = tmp_path / "project"
    (root / "core").mkdir(parents=True)
    (root / "ci").mkdir()
    (root / "ci/common.sh").write_bytes((ROOT / "ci/common.sh").read_bytes())
    (root / "ci/copy").write_text(
        'set -euo pipefail\nsource "$(dirname "${BASH_SOURCE[0]}")/common.sh"\ncopy_sources "$ROOT/build/x"\n'
    )
    (root / ".gitignore").write_text("build/\n*.c\n*.so\n")
    (root / "core/frames.pyx").write_text("# Cython\n")
    (root / "core/two words.py").write_text("# Python\n")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def copied(root: Path) -> set[str]:
    """What the copy of ``core/`` holds."""
    subprocess.run(["bash", "ci/copy"], cwd=root, check=True)
    return {path.name for path in (root / "build/x/core").iterdir()}


def test_known_and_new_files_are_copied_and_ignored_ones_are_not(project: Path) -> None:
    (project / "core/new.py").write_text("")
    (project / "core/frames.c").write_text("")
    assert copied(project) == {"frames.pyx", "two words.py", "new.py"}


def test_what_was_built_in_the_copy_stays(project: Path) -> None:
    copied(project)
    (project / "build/x/core/frames.so").write_text("")
    (project / "core/frames.pyx").write_text("# changed\n")
    assert copied(project) == {"frames.pyx", "two words.py", "frames.so"}
    assert (project / "build/x/core/frames.pyx").read_text() == "# changed\n"


def test_a_file_that_is_gone_goes_with_what_was_built_from_it(project: Path) -> None:
    (project / "core/new.py").write_text("")
    copied(project)
    for name in ("frames.c", "frames.cpython-311-x86_64-linux-gnu.so", "codec.so"):
        (project / "build/x/core" / name).write_text("")
    for name in ("frames.pyx", "two words.py", "new.py"):
        (project / "core" / name).unlink()  # git still knows the first two
    (project / "core/codec.pyx").write_text("")
    assert copied(project) == {"codec.pyx", "codec.so"}
