"""The named datasets: where each stands on this computer, and tables loaded by name or path."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from clusteract import paths
from clusteract.errors import InputError, close_matches
from clusteract.table.domain import Dataset, all_domains
from clusteract.table.download import Say, download
from clusteract.table.files import KINDS
from clusteract.table.reading import read_table
from clusteract.table.table import Table

FOLDER_VARIABLE = "CLUSTERACT_DATA"
AUTO_SECONDS = 10.0  # how long "auto" waits for a download before it simulates

SYNTHETIC = "synthetic"
AUTO = "auto"


def all_datasets() -> dict[str, Dataset]:
    """Return the published tables of every domain, by name."""
    return {name: d for domain in all_domains().values() for name, d in domain.datasets.items()}


def default_dataset() -> str:
    """Return the name of the table that ``auto`` looks for."""
    return next(d.default_dataset for d in all_domains().values() if d.default_dataset)


def say_on_stderr(text: str) -> None:
    """Print a remark beside the output."""
    print(text, file=sys.stderr)


def find_dataset(name: str) -> Dataset:
    """Return a dataset by its name, or say which names there are."""
    datasets = all_datasets()
    if name in datasets:
        return datasets[name]
    if name in (SYNTHETIC, AUTO):
        raise InputError(f"{name!r} is no file; known: {', '.join(datasets)}")
    raise InputError(f"No dataset {name!r}; {close_matches(name, datasets)}")


def cache_folder() -> Path:
    """Return the user's folder for downloaded tables; it need not exist."""
    return paths.cache_folder() / "data"


def locate(dataset: Dataset) -> Path | None:
    """Return where a dataset stands on this computer, None where it does not.

    Looks in the folder of the environment variable CLUSTERACT_DATA, then in the cache.

    Raises
    ------
    InputError
        Where that folder does not exist, or holds another content under the dataset's name.
    """
    return _in_named_folder(dataset) or _in_cache(dataset)


def fetch(dataset: Dataset, *, say: Say = say_on_stderr, seconds: float | None = None) -> Path:
    """Return the path of a dataset, downloaded into the cache where it is not there yet.

    Parameters
    ----------
    dataset : Dataset
    say : callable
        Receives what is being done, in words.
    seconds : float, optional
        Give up after that long; by default only a silent network ends the wait.
    """
    cached = _in_cache(dataset)
    if cached is not None:
        return cached
    try:
        return download(
            dataset.url, dataset.sha256, cache_folder() / dataset.file, say=say, seconds=seconds
        )
    except InputError as problem:
        raise InputError(
            f"{dataset.name} is not on this computer and could not be downloaded: {problem}; "
            f"put {dataset.file} into a folder and name that folder in {FOLDER_VARIABLE}, or give "
            "the file's path"
        ) from problem


def load_table(table: str | PathLike[str], *, say: Say = say_on_stderr, **options: Any) -> Table:
    """Load a table by path or by name.

    Parameters
    ----------
    table : str or path
        A file; the name of a published dataset (`all_datasets`), which is found in
        CLUSTERACT_DATA, in the cache, or downloaded; ``"synthetic"``; or ``"auto"``: the first
        domain's table where it can be had, else, after saying so, the synthetic one.
    say : callable
        Receives remarks; by default they go to standard error.
    **options
        Of `read_table`; files and published datasets only.

    Raises
    ------
    InputError
        A dataset asked for by name never falls back to another table.

    Examples
    --------
    >>> load_table("synthetic").label
    'synthetic (SYNTHETIC)'
    """
    name = os.fspath(table)
    if paths.user_path(name).is_file():
        return read_table(name, **options)
    if name == AUTO:
        return _load_auto(say, options)
    if name == SYNTHETIC:
        return _simulate(options)
    datasets = all_datasets()
    if name in datasets:
        return _read_dataset(datasets[name], say, options)
    if os.path.exists(name) or os.sep in name or Path(name).suffix.lower() in KINDS:
        return read_table(name, **options)  # which says what is wrong with the path
    raise InputError(
        f"No file or dataset {name!r}; {close_matches(name, (*datasets, SYNTHETIC, AUTO))}"
    )


def _read_dataset(dataset: Dataset, say: Say, options: dict[str, Any]) -> Table:
    path = locate(dataset) or fetch(dataset, say=say)
    table = read_table(path, **options)
    return replace(table, source=replace(table.source, name=dataset.name))


def _load_auto(say: Say, options: dict[str, Any]) -> Table:
    dataset = find_dataset(default_dataset())
    if locate(dataset) is None:
        try:
            fetch(dataset, say=say, seconds=AUTO_SECONDS)
        except InputError as problem:
            say(str(problem))
            say(
                "SYNTHETIC: a simulated table is used instead; its scores and figures say nothing "
                "about the real world"
            )
            return _simulate(options)
    return _read_dataset(dataset, say, options)


def _simulate(options: dict[str, Any]) -> Table:
    layout = [k for k in ("sheet", "name", "target", "descriptors") if options.get(k) is not None]
    if layout:
        raise InputError(
            f"The synthetic table has one layout: {', '.join(layout)} cannot be chosen; "
            "leave that out, or give a file"
        )
    return next(d.simulate() for d in all_domains().values() if d.simulate)


def _in_named_folder(dataset: Dataset) -> Path | None:
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return None
    folder = paths.user_path(named)
    if not folder.is_dir():
        raise InputError(
            f"{FOLDER_VARIABLE} names {folder}, which is no folder; name the folder that holds "
            f"{dataset.file}, or unset it"
        )
    for path in (folder / dataset.file, folder / dataset.folder / dataset.file):
        if path.is_file():
            _check_hash(path, dataset)
            return path
    return None


def _in_cache(dataset: Dataset) -> Path | None:
    path = cache_folder() / dataset.file
    return path if path.is_file() and _sha256(path) == dataset.sha256 else None


def _check_hash(path: Path, dataset: Dataset) -> None:
    found = _sha256(path)
    if found != dataset.sha256:
        raise InputError(
            f"{path} is not the published {dataset.name}: its SHA-256 is {found[:12]}..., "
            f"expected {dataset.sha256[:12]}...; remove it, or give its path to read it as it is"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
