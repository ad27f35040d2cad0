"""Paths as users give them, and the user's own folders; either may be impossible or absent."""

from __future__ import annotations

import os
import tempfile
from os import PathLike
from pathlib import Path

import platformdirs

from clusteract.errors import InputError

_LONGEST = 120


def user_path(path: str | PathLike[str]) -> Path:
    """Return a path with ``~`` filled in where that is a home; the file need not exist.

    A name that only begins so, such as the lock file ``~$table.xlsx``, stays as it is.

    Raises
    ------
    InputError
        Where no file can have this path, or it can't be reached.

    Examples
    --------
    >>> user_path("~$table.xlsx").name
    '~$table.xlsx'
    """
    filled = Path(os.path.expanduser(path))
    try:
        os.lstat(filled)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise InputError(path_problem(filled, error)) from None
    except ValueError as error:  # a null byte
        raise InputError(f"{os.fspath(path)!r}: is no path ({error})") from None
    return filled


def path_problem(path: object, error: OSError) -> str:
    """Say in one line why a path can't be used; one too long to be read is shortened."""
    text = str(path)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}...{text[-_LONGEST // 3 :]}"
    reason = error.strerror or error
    return f"{text}: cannot be used ({reason}); check its length and rights, or give another"


def cache_folder() -> Path:
    """Return the folder of downloads; a temporary one where the user has no home."""
    folder = platformdirs.user_cache_path("clusteract")
    return folder if folder.is_absolute() else Path(tempfile.gettempdir(), "clusteract")


def config_file() -> Path | None:
    """Return the user's ``config.toml`` where there is one that can be read."""
    file = platformdirs.user_config_path("clusteract") / "config.toml"
    return file if file.is_absolute() and os.access(file, os.R_OK) else None
