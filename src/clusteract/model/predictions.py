"""Predictions: what a model says of a table's clusters, and what speaks against trusting it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clusteract.model.saved_model import rate_name
from clusteract.validation.metrics import Metrics, score_predictions

LEVEL = 0.9
_SHOWN = 20  # rows printed of a long table


@dataclass(frozen=True, eq=False, repr=False)
class Predictions:
    """What a model says of a table's clusters.

    Attributes
    ----------
    names : tuple of str, (n_rows,)
    values : ndarray, (n_rows,)
        The predicted target.
    target : str
        Its name.
    outside : tuple of tuple of str, (n_rows,)
        Each row's descriptors that lie outside their training range.
    imputed : tuple of tuple of str, (n_rows,)
        Each row's descriptors that were missing: the training median stands for them.
    measured : ndarray, (n_rows,), or None
        The target where the table has it.
    remarks : tuple of str
        What was noticed about the table as a whole.
    low, high : ndarray, (n_rows,), or None
        Ends of the intervals; None where the model was saved by a version that kept nothing
        for them, as are `reasons` and `novelty`.
    level : float
        Of the intervals.
    reasons : tuple of tuple of str, (n_rows,), or None
        Why a row lies outside the model's domain; empty inside.
    novelty : ndarray, (n_rows,), or None
        Distance to the nearest training rows; above 1 is beyond the limit.
    unusual : tuple of tuple of str, (n_rows,), or None
        What else is unusual about a row, and no reason to call it outside; told in `notes`.
    row : str
        What a row is called.
    """

    names: tuple[str, ...]
    values: np.ndarray
    target: str
    outside: tuple[tuple[str, ...], ...]
    imputed: tuple[tuple[str, ...], ...]
    measured: np.ndarray | None = None
    remarks: tuple[str, ...] = ()
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    level: float = LEVEL
    reasons: tuple[tuple[str, ...], ...] | None = None
    novelty: np.ndarray | None = None
    unusual: tuple[tuple[str, ...], ...] | None = None
    row: str = "row"

    def __repr__(self) -> str:
        """Return the table of `to_frame`; its middle rows are left out where there are many."""
        return self.to_frame().to_string(index=False, max_rows=_SHOWN)

    @property
    def rate(self) -> np.ndarray | None:
        """The rate constant where the target is its decadic logarithm, (n_rows,)."""
        if rate_name(self.target) is None:
            return None
        with np.errstate(over="ignore"):
            return 10.0**self.values

    @property
    def scores(self) -> Metrics | None:
        """Scores against the measured target, where the table has it."""
        return None if self.measured is None else score_predictions(self.measured, self.values)

    @property
    def covered(self) -> int | None:
        """How many measured targets lie in their interval."""
        if self.measured is None or self.low is None or self.high is None:
            return None
        return int(np.sum((self.low <= self.measured) & (self.measured <= self.high)))

    @property
    def domain(self) -> tuple[str, ...] | None:
        """Inside or outside, and why, in words."""
        return None if self.reasons is None else tuple(domain_words(r) for r in self.reasons)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What else speaks against each prediction, in words; empty where nothing does."""
        columns = zip(self.outside, self.imputed, strict=True)
        if self.reasons is None:
            return tuple("; ".join(_words(*row)) for row in columns)
        unusual = self.unusual or ((),) * len(self.names)
        notes = []
        for why, odd, (out, imputed) in zip(self.reasons, unusual, columns, strict=True):
            # What lies outside the domain has its reasons already.
            beyond = _words(() if why else out, imputed, "beyond" if odd else "slightly beyond")
            notes.append("; ".join([*unusual_words(odd), *beyond]))
        return tuple(notes)

    def records(self) -> list[dict[str, Any]]:
        """Return one plain record a row, as `predict --json` prints it."""
        rate, measured = self.rate, self.measured
        return [
            {
                self.row: name,
                "predicted": float(self.values[i]),
                "rate": None if rate is None else float(rate[i]),
                "low": None if self.low is None else float(self.low[i]),
                "high": None if self.high is None else float(self.high[i]),
                "inside": None if self.reasons is None else not self.reasons[i],
                "reasons": None if self.reasons is None else list(self.reasons[i]),
                "novelty": None if self.novelty is None else float(self.novelty[i]),
                "unusual": None if self.unusual is None else list(self.unusual[i]),
                "measured": None if measured is None else float(measured[i]),
                "outside_range": list(self.outside[i]),
                "imputed": list(self.imputed[i]),
            }
            for i, name in enumerate(self.names)
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame: predictions with interval, domain and notes, one line a row."""
        columns: dict[str, Sequence[Any] | np.ndarray] = {
            self.row: list(self.names),
            f"{self.target} predicted": self.values,
        }
        if self.low is not None and self.high is not None:
            columns[f"low {percent(self.level)}"] = self.low
            columns[f"high {percent(self.level)}"] = self.high
        if self.rate is not None:
            columns[f"{rate_name(self.target)} predicted"] = self.rate
        if self.measured is not None:
            columns[f"{self.target} measured"] = self.measured
        if self.domain is not None:
            columns["domain"] = list(self.domain)
        return pd.DataFrame({**columns, "notes": list(self.notes)})

    def to_csv(self) -> str:
        """Return `to_frame` as CSV text; numbers in full precision."""
        frame = self.to_frame()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(frame.itertuples(index=False))
        return text.getvalue()


def percent(level: float) -> str:
    """Write a level of intervals, all its digits.

    Examples
    --------
    >>> percent(0.9), percent(0.29), percent(0.9999999)
    ('90 %', '29 %', '99.99999 %')
    """
    return f"{(100 * Decimal(str(float(level)))).normalize():f} %"


def domain_words(reasons: tuple[str, ...]) -> str:
    """Say whether a row lies inside the domain, and why it does not.

    Examples
    --------
    >>> domain_words(()), domain_words(("no training cluster holds W",))
    ('inside', 'outside: no training cluster holds W')
    """
    return f"outside: {'; '.join(reasons)}" if reasons else "inside"


def unusual_words(unusual: tuple[str, ...]) -> tuple[str, ...]:
    """Say what is unusual about a row and why it is inside; nothing where nothing is.

    Examples
    --------
    >>> unusual_words(("3_α 31.2 is above 24.1",))
    ('unusual, but training rows like that were predicted no worse: 3_α 31.2 is above 24.1',)
    """
    if not unusual:
        return ()
    start = "unusual, but training rows like that were predicted no worse"
    return (f"{start}: {', '.join(unusual)}",)


def _words(
    outside: tuple[str, ...],
    imputed: tuple[str, ...],
    where: str = "outside",
) -> list[str]:
    words = []
    if outside:
        words.append(f"{where} the training range: {', '.join(outside)}")
    if imputed:
        words.append(f"missing, imputed: {', '.join(imputed)}")
    return words
