"""What the scripts that write source files share: ``make_event_types.py`` and ``make_sync_stub.py``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def formatted(text: str, path: Path) -> str:
    """The text of a file as the project's formatter leaves it; ``path`` says which rules hold for it."""
    for command in (["check", "--fix", "--exit-zero", "--quiet"], ["format", "--quiet"]):
        done = subprocess.run(
            [Path(sys.executable).with_name("ruff"), *command, f"--stdin-filename={path}", "-"],
            input=text, capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        text = done.stdout
    return text
