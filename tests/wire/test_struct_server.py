"""The server of the transcripts is a second opinion: it shares no code with the package."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_the_struct_server_imports_nothing_of_the_package() -> None:
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(TESTS)!r})\n"
        "import support.struct_server, support.call_messages\n"
        "import support.documented_events, support.documented_call_events\n"
        "print(*(name for name in sys.modules if name.startswith('ctios_fast')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
