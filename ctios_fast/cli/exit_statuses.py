"""The exit statuses of ``ctios-fast``: one rule for all commands.

=====  ======================================================================================
0      the command did its work
1      it did not do all of it; each command says what that means
2      wrong usage, which includes a path that cannot be used and a connection that the input lacks; or
       an extra that is not installed
3      an input cannot be read, or an output cannot be written, to its end
130    interrupted from the keyboard; ``sim`` ends with 0, since it runs until it is interrupted
141    the reader of standard output has closed it
=====  ======================================================================================

130 and 141 are 128 and the number of the signal, as shells have it.
"""

from typing import Final

__all__ = ["INCOMPLETE", "INTERRUPTED", "READER_GONE", "STREAM_FAILED", "WRONG_USAGE"]

INCOMPLETE: Final = 1
WRONG_USAGE: Final = 2
STREAM_FAILED: Final = 3
INTERRUPTED: Final = 130
READER_GONE: Final = 141
