"""A checkout without compiled modules says what is missing and how to build it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ctios_fast

PACKAGE = Path(ctios_fast.__file__).parent
GENERATED = ("numbers.py", "codes.py", "code_texts.py", "message_texts.py", "enums.py", "class_table.py")


@pytest.mark.parametrize(
    ("generated", "statement"),
    [
        (False, "import ctios_fast.core"),
        (True, "import ctios_fast.core"),
        (False, "from ctios_fast import AgentState"),
        (False, "from ctios_fast import Session"),
    ],
)
def test_an_unbuilt_checkout_says_how_to_build_it(tmp_path: Path, generated: bool, statement: str) -> None:
    left_out = ("*.so", "*.pyd", "__pycache__") + (() if generated else GENERATED)
    shutil.copytree(PACKAGE, tmp_path / "ctios_fast", ignore=shutil.ignore_patterns(*left_out))
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {statement}"
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: ctios_fast is not built in {tmp_path}")
    assert "pip install -e ." in last
