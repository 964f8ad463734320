"""Entry point of ``ctios-fast``. It imports without the extra ``[cli]`` and then reports what is missing."""

import sys
from typing import NoReturn

EXTRA = ("click", "rich")
USAGE_STATUS = 2


def main() -> NoReturn:
    """Run the command line on ``sys.argv`` and exit with its status: 2 if an extra is missing."""
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
