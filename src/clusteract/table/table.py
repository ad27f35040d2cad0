"""Table: names, target and descriptors of rows, immutable, with their source."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from clusteract.errors import InputError, close_matches
from clusteract.table.domain import Domain, detect_domain, find_domain

# Numbers that people write where a value is missing.
SENTINELS = (-999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
_FEWEST_POSITIVE = 10  # values, for a negative one among them to be none


@dataclass(frozen=True)
class Source:
    """Where a table came from.

    Attributes
    ----------
    name : str
        Short name for titles: the file's stem or the dataset's name.
    sha256 : str
        Hash of the file, or of the values for a table made in memory.
    synthetic : bool
        True for simulated tables; everything made from them says so.
    file, sheet : str or None
        File name (no folders) and sheet, where there are any.
    remarks : tuple of str
        What was noticed while reading, such as a descriptor in another spelling.
    """

    name: str
    sha256: str
    synthetic: bool = False
    file: str | None = None
    sheet: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """Rows with their descriptors and, where measured, their target.

    Build one with `Table.from_frame`, `read_table` or `make_synthetic_table`.

    Attributes
    ----------
    names : tuple of str, (n_rows,)
    descriptors : ndarray of float, (n_rows, n_descriptors)
        Read-only; NaN where missing. Sentinels stay as written: see `sentinel_cells`.
    descriptor_names : tuple of str, (n_descriptors,)
    target : ndarray of float, (n_rows,), or None
    target_name : str or None
    source : Source
    name_column : str
        What the column of names is called.
    domain_name : str
        Of the domain that knows tables of this kind; empty where none does.
    categories : mapping of str to tuple of str
        Descriptors whose numbers are codes 0, 1, ... of these values.
    groups : tuple of str, (n_rows,), or None
        Rows of one group, such as the same material, are never parted by a split.
    units : mapping of str to str
        Of columns, where the file says so.
    """

    names: tuple[str, ...]
    descriptors: np.ndarray
    descriptor_names: tuple[str, ...]
    target: np.ndarray | None
    target_name: str | None
    source: Source
    name_column: str = "name"
    domain_name: str = ""
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the arrays and check that the pieces fit."""
        X = np.array(self.descriptors, dtype=float, order="C")
        X.setflags(write=False)
        object.__setattr__(self, "descriptors", X)
        if self.target is not None:
            y = np.array(self.target, dtype=float)
            y.setflags(write=False)
            object.__setattr__(self, "target", y)
        self._check_shapes()
        _check_columns(self.descriptor_names)
        for row, descriptor in self._cells(np.isinf(X)):
            raise InputError(
                f"{self.source.name}, row {self.names[row]!r}: {descriptor} is infinite; "
                "finite numbers and NaN (missing) are allowed"
            )

    def _check_shapes(self) -> None:
        n = len(self.names)
        if self.descriptors.shape != (n, len(self.descriptor_names)):
            raise InputError(
                f"{n} names and {len(self.descriptor_names)} descriptor names do "
                f"not fit descriptors of shape {self.descriptors.shape}"
            )
        if self.target is not None and self.target.shape != (n,):
            raise InputError(f"{n} names do not fit a target of shape {self.target.shape}")
        if self.groups is not None and len(self.groups) != n:
            raise InputError(f"{n} names do not fit {len(self.groups)} groups")

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        target: str | None = None,
        name: str = "table",
        source: Source | None = None,
        domain: str | None = None,
    ) -> Table:
        """Make a table from a DataFrame: first column names, the others numeric.

        Parameters
        ----------
        frame : DataFrame, (n_rows, 1 + n_descriptors [+ 1])
        target : str, optional
            The target's column; without one the table has no target.
        name : str
            Used where no `source` is given.
        domain : str, optional
            Such as ``"clusters"`` or ``"none"``; found by the names of the rows by default.

        Examples
        --------
        >>> frame = pd.DataFrame({"c": ["Fe2S-", "FeS-"], "y": [-12.0, -11.0], "1_Q": [0.1, 0.2]})
        >>> table = Table.from_frame(frame, target="y")
        >>> table.n_rows, table.descriptor_names, table.domain.name
        (2, ('1_Q',), 'clusters')
        """
        if frame.shape[1] < (2 if target is None else 3):
            raise InputError("The frame needs a column of names and at least one descriptor")
        name_column, *columns = (str(c) for c in frame.columns)
        _check_columns(columns)
        values = frame.set_axis([name_column, *columns], axis=1)
        if target is not None and target not in columns:
            raise InputError(
                f"No column {target!r} for the target; {close_matches(target, columns)}"
            )
        kept = [c for c in columns if c != target]
        names = tuple(str(v).strip() for v in values[name_column])
        table = cls(
            names=names,
            descriptors=np.column_stack([_to_floats(values[c]) for c in kept]),
            descriptor_names=tuple(kept),
            target=None if target is None else _to_floats(values[target]),
            target_name=target,
            source=source or Source(name=name, sha256=""),
            name_column=name_column,
            domain_name=detect_domain(names).name if domain is None else find_domain(domain).name,
        )
        if table.source.sha256:
            return table
        return replace(table, source=replace(table.source, sha256=table.content_hash))

    @property
    def domain(self) -> Domain:
        """What is known of tables of this kind."""
        return find_domain(self.domain_name)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.names)

    @property
    def n_descriptors(self) -> int:
        """Number of descriptors."""
        return len(self.descriptor_names)

    @property
    def label(self) -> str:
        """The table's short name, with SYNTHETIC where it is simulated."""
        return self.source.name + (" (SYNTHETIC)" if self.source.synthetic else "")

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of names, columns and values: the same for the same table in any file."""
        digest = hashlib.sha256()
        for text in (*self.names, "|", *self.descriptor_names, "|", self.target_name or ""):
            digest.update(text.encode() + b"\0")
        digest.update(self.descriptors.tobytes())
        digest.update(b"" if self.target is None else self.target.tobytes())
        return digest.hexdigest()

    @property
    def missing_cells(self) -> tuple[tuple[int, str], ...]:
        """(row, descriptor) of each missing value; rows count from 0."""
        return self._cells(np.isnan(self.descriptors))

    @property
    def sentinel_cells(self) -> tuple[tuple[int, str], ...]:
        """(row, descriptor) of each value such as -999 that stands for a missing one.

        A sentinel is one of `SENTINELS` that lies far outside the rest of its column, or is
        negative where at least ten others are positive and none is negative.
        """
        return self._cells(self._sentinel_mask())

    def _cells(self, mask: np.ndarray) -> tuple[tuple[int, str], ...]:
        return tuple((int(i), self.descriptor_names[j]) for i, j in np.argwhere(mask))

    def _sentinel_mask(self) -> np.ndarray:
        X = self.descriptors
        candidate = np.isin(X, SENTINELS)
        others = np.where(candidate | np.isnan(X), 0.0, X)
        far = np.abs(X) > 3 * np.abs(others).max(axis=0, initial=0.0)
        positive = (others >= 0).all(axis=0) & ((others > 0).sum(axis=0) >= _FEWEST_POSITIVE)
        return candidate & (far | ((X < 0) & positive))

    def mask_sentinels(self) -> Table:
        """Return the table with sentinels set missing (NaN)."""
        cells = np.where(self._sentinel_mask(), np.nan, self.descriptors)
        return replace(self, descriptors=cells)

    def take(self, rows: Sequence[int] | np.ndarray) -> Table:
        """Return the table of some rows, in that order: integer positions, or a mask."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(int)
        return replace(
            self,
            names=tuple(self.names[i] for i in rows),
            descriptors=self.descriptors[rows],
            target=None if self.target is None else self.target[rows],
            groups=None if self.groups is None else tuple(self.groups[i] for i in rows),
        )

    def with_descriptors(self, descriptors: np.ndarray, names: Sequence[str]) -> Table:
        """Return the table with other descriptor columns, (n_rows, len(names))."""
        return replace(self, descriptors=descriptors, descriptor_names=tuple(names))

    def column(self, descriptor: str) -> np.ndarray:
        """Return one descriptor's values, (n_rows,), read-only."""
        if descriptor not in self.descriptor_names:
            hint = close_matches(descriptor, self.descriptor_names)
            raise InputError(f"No descriptor {descriptor!r} in {self.source.name}; {hint}")
        return self.descriptors[:, self.descriptor_names.index(descriptor)]

    def to_frame(self) -> pd.DataFrame:
        """Return names, target (where there is one) and descriptors as a DataFrame."""
        frame = pd.DataFrame(self.descriptors, columns=list(self.descriptor_names))
        if self.target is not None:
            frame.insert(0, self.target_name, self.target)
        frame.insert(0, self.name_column, list(self.names))
        return frame


def _check_columns(names: Sequence[str]) -> None:
    repeated = sorted(name for name, k in Counter(names).items() if k > 1)
    if repeated:
        raise InputError(f"Columns stand twice: {', '.join(repeated)}; rename or drop one of each")


def _to_floats(column: pd.Series) -> np.ndarray:
    """Return a column as floats, NaN where missing, or say which cell is no number."""
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = column[numbers.isna() & column.notna()]
    if len(wrong):
        raise InputError(
            f"Column {column.name!r}, row {wrong.index[0]!r}: {wrong.iloc[0]!r} is no number; "
            "numbers and NaN (missing) are allowed"
        )
    return numbers.to_numpy(dtype=float, na_value=np.nan)
