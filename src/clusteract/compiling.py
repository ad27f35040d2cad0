"""Numba's compiler as this package uses it: machine code is kept where that is possible."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numba


def compiling(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function at its first call and keeps the machine code.

    It is kept beside the source or in the user's cache. Where neither can be written it is compiled
    anew in each process, which is said once. Numba keeps it until the function's own file changes:
    let what is compiled call nothing of another file. ``NUMBA_DISABLE_JIT``, set for someone's own
    code, is passed over: uncompiled, these loops would take hours.

    Parameters
    ----------
    **options
        Of `numba.njit`.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        switches: Any = numba.config
        disabled, switches.DISABLE_JIT = switches.DISABLE_JIT, 0
        homeless = not os.path.isabs(os.path.expanduser("~")) and "XDG_CACHE_HOME" not in os.environ
        if homeless:  # Numba would make a folder "~" where the program stands
            os.environ["XDG_CACHE_HOME"] = os.devnull
        try:
            return numba.njit(cache=True, **options)(function)
        except (RuntimeError, OSError):  # no folder to keep it in
            _say_not_kept()
            return numba.njit(**options)(function)
        finally:
            switches.DISABLE_JIT = disabled
            if homeless:
                del os.environ["XDG_CACHE_HOME"]

    return decorate


@cache
def _say_not_kept() -> None:
    warnings.warn(
        "no folder is writable that would keep compiled code: each process compiles anew, which "
        "takes up to a minute longer; NUMBA_CACHE_DIR can name one",
        stacklevel=4,
    )
