"""schema.json of a saved model: written from a SavedModel, and read back field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.model.archive import refuse
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.report.summary import plain
from clusteract.table.domain import find_domain

FORMAT = "clusteract model"

# Raise it when files of before could be misread; those are refused with what to do.
PROTOCOL = 2

_MISSING = ("impute", "as-published")
_MAX_TEXT = 500
_SCORES = ("r_mean", "r_std", "rmse_mean", "rmse_std")
_LONGEST = 200  # characters of a column's name
_COUNTS = ("outer_folds", "outer_repeats", "inner_folds", "seed")


def write_schema(model: SavedModel) -> dict[str, Any]:
    """Return the schema's content; undefined figures (NaN) are None."""
    X = probe_rows(model.ranges)
    probe = {"X": X.tolist(), "y": model.pipeline.predict(X).tolist()}
    return plain({"format": FORMAT, "protocol": PROTOCOL, **model.summary(), "probe": probe})


def probe_rows(ranges: np.ndarray) -> np.ndarray:
    """Return the lowest, middle and highest corner of the training range, (3, n_descriptors)."""
    known = np.where(np.isnan(ranges), 0.0, ranges)
    low, high = known.T
    return np.array([low, (low + high) / 2, high])


class Schema:
    """The parsed schema of a model file.

    Parameters
    ----------
    document : JSON value
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        Where the document is none of a saved model, or of a newer protocol.
    """

    def __init__(self, document: Any, where: str) -> None:
        self._where = where
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise refuse(where, f"no saved model (its format is not {FORMAT!r})")
        protocol = document.get("protocol")
        if isinstance(protocol, int) and protocol > PROTOCOL:
            raise InputError(
                f"{where}: saved by a newer clusteract (protocol {protocol}; this one reads up to "
                f"{PROTOCOL}); update clusteract"
            )
        if protocol == 1:
            raise InputError(
                f"{where}: saved by an earlier clusteract, whose models can't be read; make it "
                "anew with `clusteract fit RECIPE --data TABLE --out MODEL`, or run the study again"
            )
        if protocol != PROTOCOL:
            raise refuse(where, f"protocol {protocol!r} is unknown")
        self._document = document

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that fitted the model."""
        versions = self._get(self._document, "versions", dict)
        return {str(k): self._text(versions, k) for k in versions}

    def probe(self) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and what the model predicted for them when it was saved."""
        probe = self._get(self._document, "probe", dict)
        return self._numbers(probe, "X", 2), self._numbers(probe, "y", 1)

    def model(self, pipeline: Pipeline) -> SavedModel:
        """Build the model around its pipeline.

        Raises
        ------
        InputError
            Naming the field that is missing or wrong.
        """
        top = self._document
        recipe, target = self._get(top, "recipe", dict), self._get(top, "target", dict)
        names, ranges = self._descriptors()
        missing = self._text(top, "missing")
        if missing not in _MISSING:
            raise self._wrong("missing", missing)
        return SavedModel(
            pipeline=pipeline,
            recipe=self._text(recipe, "name"),
            title=self._text(recipe, "title"),
            params=self._get(recipe, "params", dict),
            descriptors=names,
            ranges=ranges,
            target=self._text(target, "name"),
            data=self._data(),
            missing=missing,
            search=self._get(top, "search", dict),
            honest=self._honest(),
            versions=self.versions,
        )

    def _wrong(self, key: str, value: Any) -> InputError:
        return refuse(self._where, f"its schema's {key} is {str(value)[:60]!r}")

    def _get(self, section: Any, key: str, *types: type) -> Any:
        value = section.get(key) if isinstance(section, Mapping) else None
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise self._wrong(key, value)
        return value

    def _text(self, section: Any, key: str) -> str:
        """Return a text that is safe to print: no control characters, no essays."""
        value = self._get(section, key, str)
        if not value.isprintable() or len(value) > _MAX_TEXT:
            raise self._wrong(key, ascii(value))
        return value

    def _numbers(self, section: Mapping, key: str, ndim: int) -> np.ndarray:
        try:
            array = np.array(self._get(section, key, list), dtype=float)
        except (TypeError, ValueError):
            raise self._wrong(key, "no numbers") from None
        if array.ndim != ndim:
            raise self._wrong(key, "no numbers")
        return array

    def _descriptors(self) -> tuple[tuple[str, ...], np.ndarray]:
        found = self._get(self._document, "descriptors", list)
        names = tuple(self._text(d, "name") for d in found)
        if not names or len(set(names)) < len(names):
            raise self._wrong("descriptors", names)
        ranges = [[self._number(d, "lowest"), self._number(d, "highest")] for d in found]
        return names, np.array(ranges)

    def _number(self, section: Any, key: str) -> float:
        """Return a number; what is None in JSON was NaN."""
        value = self._get(section, key, float, int, type(None))
        return math.nan if value is None else float(value)

    def _data(self) -> TrainingData:
        data = self._get(self._document, "data", dict)
        return TrainingData(
            name=self._text(data, "name"),
            sha256=self._text(data, "sha256"),
            n_rows=self._get(data, "n_rows", int),
            synthetic=self._get(data, "synthetic", bool),
            domain=find_domain(self._get(data, "domain", str)).name,
        )

    def _honest(self) -> HonestScore | None:
        score = self._get(self._document, "honest", dict, type(None))
        if score is None:
            return None
        scores: dict[str, Any] = {key: self._number(score, key) for key in _SCORES}
        counts: dict[str, Any] = {key: self._get(score, key, int) for key in _COUNTS}
        left_out = self._get(score, "leave_out", str, type(None))  # earlier versions have none
        if left_out is not None and not (left_out.isprintable() and len(left_out) < _LONGEST):
            raise self._wrong("leave_out", ascii(left_out))
        budget = self._get(score, "budget", int, type(None))
        return HonestScore(**scores, **counts, budget=budget, leave_out=left_out)
