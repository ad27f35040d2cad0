"""The candidates of a grid as a table of small integers, so that grouping is array work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import ParameterGrid

ABSENT = -1


@dataclass(frozen=True)
class CandidateTable:
    """Candidates as rows of codes; a code points into the column's list of distinct values.

    Attributes
    ----------
    names : list of str
        Parameter names, sorted.
    values : list of list
        For each name, its distinct values.
    codes : ndarray of shape (n_candidates, n_names)
        Index of the value, or -1 where the candidate does not set the parameter.
    """

    names: list[str]
    values: list[list[Any]]
    codes: np.ndarray

    @classmethod
    def from_dicts(cls, candidates: list[dict[str, Any]]) -> CandidateTable:
        """Intern the values of parameter dicts; a value is recognised by identity."""
        names = sorted({name for params in candidates for name in params})
        column = {name: i for i, name in enumerate(names)}
        values: list[list[Any]] = [[] for _ in names]
        code_of: list[dict[int, int]] = [{} for _ in names]
        codes = np.full((len(candidates), len(names)), ABSENT, dtype=np.int32)
        for row, params in zip(codes, candidates, strict=True):
            for name, value in params.items():
                j = column[name]
                code = code_of[j].setdefault(id(value), len(values[j]))
                if code == len(values[j]):
                    values[j].append(value)
                row[j] = code
        return cls(names, values, codes)

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.codes)

    def params(self, index: int) -> dict[str, Any]:
        """Return one candidate's parameters, in ParameterGrid's order."""
        return self._decode(self.codes[index], range(len(self.names)))

    def subset(self, indices: np.ndarray) -> CandidateTable:
        """Keep some candidates."""
        return CandidateTable(self.names, self.values, self.codes[indices])

    def distinct(self, names: list[str]) -> tuple[list[dict[str, Any]], np.ndarray]:
        """Find the distinct settings of some parameters, and which one each candidate has."""
        columns = [self.names.index(name) for name in names]
        if not columns:
            return [{}], np.zeros(len(self), dtype=np.intp)
        rows, which = np.unique(self.codes[:, columns], axis=0, return_inverse=True)
        return [self._decode(row, columns) for row in rows], which.reshape(-1)

    def _decode(self, row: np.ndarray, columns: Any) -> dict[str, Any]:
        return {
            self.names[j]: self.values[j][code]
            for j, code in zip(columns, row, strict=True)
            if code != ABSENT
        }


def expand_grid(param_grid: Any) -> list[dict[str, Any]]:
    """List the candidates of a grid or of a list of grids, in scikit-learn's order.

    Examples
    --------
    >>> expand_grid({"k": [1, 2], "C": [10]})
    [{'C': 10, 'k': 1}, {'C': 10, 'k': 2}]
    """
    return list(ParameterGrid(param_grid))
