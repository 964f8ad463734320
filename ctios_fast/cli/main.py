"""Entry point of ``ctios-fast``. It imports without the extra ``[cli]`` and then reports what is missing."""

import os
import sys
from typing import NoReturn

from .exit_statuses import INCOMPLETE, INTERRUPTED, WRONG_USAGE
from .standard_streams import OutputFailed, described, guard, hurry_output

EXTRA = ("click", "rich")
#: The variable by which the script of a shell asks the program for words. Click looks for this name.
COMPLETION_VARIABLE = "_CTIOS_FAST_COMPLETE"


def main() -> NoReturn:
    """Run the command line on ``sys.argv`` and exit with a status of ``exit_statuses``."""
    guard()
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except OutputFailed as failure:
        if failure.line is not None:
            print(failure.line, file=sys.stderr)
        sys.exit(failure.status)
    except KeyboardInterrupt:  # before the command begins, or while its last output waits for a reader
        hurry_output()
        sys.exit(INTERRUPTED)


def _run() -> NoReturn:
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
        sys.exit(WRONG_USAGE)
    except (KeyError, ValueError):
        if COMPLETION_VARIABLE not in os.environ:
            raise
        print(
            f"ctios-fast: {COMPLETION_VARIABLE} is for the scripts of ctios-fast completion: unset it",
            file=sys.stderr,
        )
        sys.exit(WRONG_USAGE)
    except MemoryError:
        print("ctios-fast: the memory is exhausted", file=sys.stderr)
        sys.exit(INCOMPLETE)
    except OSError as error:
        print(f"ctios-fast: {described(error)}", file=sys.stderr)
        sys.exit(INCOMPLETE)
