"""Tests the installed package instead of the sources beside this file: the demo, then the tests.

``python ci/installed.py [--bare] [PYTEST ARGUMENTS]``, with the Python in which it is installed. Everything
but the package itself is copied to a folder of its own, where the source tree cannot be imported by mistake.
``--bare``: runs one example only, for an environment with nothing but NumPy.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
LEFT_OUT = {"ctios_fast", "setup.py", "build", "dist"}


def left_out(folder: str, names: list[str]) -> set[str]:
    """Return the names that ``shutil.copytree`` leaves out."""
    hidden = {name for name in names if name.startswith(".") or name == "__pycache__"}
    return hidden | (LEFT_OUT if Path(folder) == SOURCE else set())


def main() -> int:
    """Run the command and return the exit status."""
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="installed-") as name:
        folder = Path(name) / "project"
        shutil.copytree(SOURCE, folder, ignore=left_out)

        def run(*command: str) -> int:
            return subprocess.run([sys.executable, *command], cwd=folder, check=False).returncode

        found = subprocess.run(
            [sys.executable, "-c", "import ctios_fast; print(ctios_fast.__file__)"],
            cwd=folder, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        if Path(found).resolve().is_relative_to(SOURCE / "ctios_fast"):
            sys.exit(f"{sys.argv[0]}: this would test the sources instead of the installed package: {found}")
        if "--bare" in arguments:
            return run("examples/login_logout.py")
        return run("-m", "ctios_fast.cli", "demo") or run("-m", "pytest", *arguments)


if __name__ == "__main__":
    sys.exit(main())
