"""Entry point of ``ctios-fast``; it can be imported without the extra ``[cli]``, and says what is missing."""

import sys
from typing import NoReturn

EXTRA = ("click", "rich")
USAGE_STATUS = 2


def main() -> NoReturn:
    """Run the command line on ``sys.argv`` and exit with its status."""
    try:
        from .group import group

        group.main(prog_name="ctios-fast")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        print(f"ctios-fast needs {missing}, which is missing: pip install ctios_fast[cli]", file=sys.stderr)
        sys.exit(USAGE_STATUS)
