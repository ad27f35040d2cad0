"""The exceptions that a user can cause or meet; all derive from ClusteractError."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ClusteractError(Exception):
    """Base of every error that is the input's or the request's fault (exit code 1).

    The message is one line: what is wrong and where, the value, what is allowed, what to do.
    """


class InputError(ClusteractError):
    """A table, file or setting cannot be used as it is."""


class Interrupted(ClusteractError):
    """The user stopped the work; what was finished is kept and the run can be resumed (exit 3)."""


def close_matches(word: str, known: Iterable[str]) -> str:
    """Say which known names resemble a wrong one, or list them all.

    Examples
    --------
    >>> close_matches("rfr-ref", ["rfr-rfe", "svr-rbf-kbest"])
    'did you mean rfr-rfe?'
    >>> close_matches("x", ["b", "a"])
    'known: a, b'
    """
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(known)}"
