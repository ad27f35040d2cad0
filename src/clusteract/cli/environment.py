"""What the surroundings of a command may not stop: odd output, switches meant for others."""

from __future__ import annotations

import atexit
import codecs
import os
import shutil
import sys
import tempfile

_ESCAPING = "clusteract-escape"


def make_safe() -> None:
    """Let nothing that is printed fail, and no home or backend of figures be missed.

    A user without a home, as in containers, gets one for as long as the command lasts: libraries
    would make a folder ``~`` where they stand, or refuse to be imported.

    A character that the output's encoding lacks becomes its escape, as JSON writes it, so that
    ``--json`` stays exact.
    """
    codecs.register_error(_ESCAPING, _escape)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ESCAPING)
    os.environ["MPLBACKEND"] = "agg"  # figures are files
    if not os.path.isabs(os.path.expanduser("~")):
        home = os.environ["HOME"] = tempfile.mkdtemp(prefix="clusteract-home-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[i : i + 2].hex() for i in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end
