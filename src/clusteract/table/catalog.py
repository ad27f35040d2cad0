"""The named datasets: where each stands on this computer, and tables loaded by name or path."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import platformdirs

from clusteract.errors import InputError, close_matches
from clusteract.table.download import Say, download
from clusteract.table.files import KINDS
from clusteract.table.reading import read_table
from clusteract.table.table import Table

FOLDER_VARIABLE = "CLUSTERACT_DATA"
DEFAULT_DATASET = "homonuclear-159-24"  # what "auto" looks for
AUTO_SECONDS = 10.0  # how long "auto" waits for a download before it simulates

_PINNED = (
    "https://raw.githubusercontent.com/kunlun-wu/mlms-final/"
    "142b81eba3daf9726f3e7d08c4d012894485e907/cluster_N2"
)


@dataclass(frozen=True)
class Dataset:
    """A published workbook: its file, where it is downloaded from, and its hash.

    Attributes
    ----------
    name : str
        As in ``clusteract data list``.
    file : str
        File name, without folders.
    folder : str
        Folder of the pinned repository that holds it.
    sha256 : str
        The only content that goes by this name.
    about : str
        Rows, columns and what they are.
    """

    name: str
    file: str
    folder: str
    sha256: str
    about: str

    @property
    def url(self) -> str:
        """Address of the file at the pinned commit."""
        return f"{_PINNED}/{self.folder}/{self.file}"


_TABLES = (
    Dataset(
        "homonuclear-159-24",
        "homonuclear-159-24features.xlsx",
        "Data-files",
        "481a40b98abf282170dbafb7d198155793f043be8323da1573b7ccaa35b0b380",
        "159 clusters of one metal, lg(k1), 24 descriptors: the table of the study",
    ),
    Dataset(
        "homonuclear-159-15",
        "homonuclear-159-15features.xlsx",
        "Data-files",
        "8f66e9af0ec90742ccb008c7a473e5ac08f2438070a6f14932fac09fc83bd2a0",
        "159 clusters of one metal, lg(k1), 15 descriptors for pairwise products",
    ),
    Dataset(
        "homonuclear-159-8",
        "homonuclear-159-8features.xlsx",
        "Data-files",
        "4ffd8d097d230bff5673f2678e758fe861e6a72e741f7fcd4527d23f9d3f7279",
        "159 clusters of one metal, lg(k1), 8 key descriptors",
    ),
    Dataset(
        "heteronuclear-57-15",
        "heteronuclear-57-15features.xlsx",
        "Data-files",
        "ec98564abf648e4da75bb5574715be4dbaf5383676116b8f4fc2d9d3c36771cc",
        "57 clusters of two metals, lg(k1), 15 descriptors, for transfer",
    ),
)
_FOLD_HASHES = (
    "f32b3f23a9f835290b62b4aef0448933fcd292f005c5f907eebb888bf4107dff",
    "6979c89a1c51624dbc9a5f94dd719962a01e223789b3b8da38fd8a96c4243300",
    "d574b407f3299f83d7ccb5aa98b373e1068c29646094b91109f058ca10bdaf69",
    "7572590362a7d8edcab2d2411234d8c1913489c34e55ec61e03a41b751f7165c",
    "045ea238bd1a36c75c7bc40fde551f611bef4d597f86e3f7a3fe56ce2929c08d",
    "49634cbb301d30f5d9fc732c62d6b8a23593ea603edb880a3ab8feea1a82df31",
    "45966580ce051ded1e91587918d1ad90b6d82afeb7974b36e4021d941e8d666e",
    "be1836a59fdd9e8b70e89b658a62b9fd6d6268a16e79ce6a31d1390d3bea2469",
    "c0c4d1ca32d82af0df8efc3dfd47fb234ad0777d5a628b79a78f039b19421432",
    "f2a5a6114f19f41f016ff3983ad812026caa17824b714cf6e8c95bf488c16a64",
)
_FOLDS = tuple(
    Dataset(
        f"fold-{k}",
        f"homonuclear-159-fold{k}-train-test.xlsx",
        "10fold-data",
        sha256,
        f"fold {k} of the reference's ten splits, sheets Train and Test, 8 descriptors",
    )
    for k, sha256 in enumerate(_FOLD_HASHES, start=1)
)

DATASETS = MappingProxyType({d.name: d for d in (*_TABLES, *_FOLDS)})
SYNTHETIC = "synthetic"
AUTO = "auto"
TABLE_NAMES = (*DATASETS, SYNTHETIC, AUTO)


def say_on_stderr(text: str) -> None:
    """Print a remark beside the output."""
    print(text, file=sys.stderr)


def find_dataset(name: str) -> Dataset:
    """Return a dataset by its name, or say which names there are."""
    if name in DATASETS:
        return DATASETS[name]
    if name in (SYNTHETIC, AUTO):
        raise InputError(f"{name!r} is no file; known: {', '.join(DATASETS)}")
    raise InputError(f"No dataset {name!r}; {close_matches(name, DATASETS)}")


def cache_folder() -> Path:
    """Return the user's folder for downloaded tables; it need not exist."""
    return platformdirs.user_cache_path("clusteract") / "data"


def locate(dataset: Dataset) -> Path | None:
    """Return where a dataset stands on this computer, None where it does not.

    SuccessiveHalving in the folder of the environment variable CLUSTERACT_DATA, then in the cache.

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
        A file; the name of a published dataset (`DATASETS`), which is found in CLUSTERACT_DATA,
        in the cache, or downloaded; ``"synthetic"``; or ``"auto"``: the study's table where it can
        be had, else, after saying so, the synthetic one.
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
    if os.path.isfile(os.path.expanduser(name)):  # os.path: False for impossible paths too
        return read_table(name, **options)
    if name == AUTO:
        return _load_auto(say, options)
    if name == SYNTHETIC:
        return _simulate(options)
    if name in DATASETS:
        return _read_dataset(DATASETS[name], say, options)
    if os.path.exists(name) or os.sep in name or Path(name).suffix.lower() in KINDS:
        return read_table(name, **options)  # which says what is wrong with the path
    raise InputError(f"No file or dataset {name!r}; {close_matches(name, TABLE_NAMES)}")


def load_fold(k: int, *, say: Say = say_on_stderr) -> tuple[Table, Table]:
    """Load one of the reference's ten splits.

    Parameters
    ----------
    k : int
        1 to 10.

    Returns
    -------
    train, test : Table
    """
    if k not in range(1, len(_FOLDS) + 1):
        raise InputError(f"No fold {k!r}; folds are 1 to {len(_FOLDS)}")
    train, test = (
        _read_dataset(_FOLDS[k - 1], say, {"sheet": sheet}) for sheet in ("Train", "Test")
    )
    return train, test


def _read_dataset(dataset: Dataset, say: Say, options: dict[str, Any]) -> Table:
    path = locate(dataset) or fetch(dataset, say=say)
    table = read_table(path, **options)
    return replace(table, source=replace(table.source, name=dataset.name))


def _load_auto(say: Say, options: dict[str, Any]) -> Table:
    dataset = DATASETS[DEFAULT_DATASET]
    if locate(dataset) is None:
        try:
            fetch(dataset, say=say, seconds=AUTO_SECONDS)
        except InputError as problem:
            say(str(problem))
            say(
                "SYNTHETIC: a simulated table is used instead; its scores and figures say nothing "
                "about real clusters"
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
    from clusteract.chemistry.synthetic import make_synthetic_table

    return make_synthetic_table()


def _in_named_folder(dataset: Dataset) -> Path | None:
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return None
    folder = Path(named).expanduser()
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
