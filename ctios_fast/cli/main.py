"""Entry point of ``ctios-fast``. It imports without the extra ``[cli]`` and then reports what is missing."""

import os
import sys
from typing import NoReturn

EXTRA = ("click", "rich")
USAGE_STATUS = 2
STREAM_STATUS = 3


def main() -> NoReturn:
    """Run the command line on ``sys.argv``. Its status is 2 if an extra is missing, 3 if output fails."""
    try:
        from .group import group

        group.main(prog_name="ctios-fast")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        print(
            f"ctios-fast needs {missing}, which is not installed: pip install 'ctios_fast[cli]'",
            file=sys.stderr,
        )
        sys.exit(USAGE_STATUS)
    except OSError as error:  # standard output cannot be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the interpreter would fail to write the rest at exit
        print(f"ctios-fast: {error.strerror or error}", file=sys.stderr)
        sys.exit(STREAM_STATUS)
