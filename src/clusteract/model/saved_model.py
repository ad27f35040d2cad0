"""SavedModel: a fitted pipeline with all that is needed to use it well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.table.domain import Domain, find_domain
from clusteract.validation import RecipeResult
from clusteract.validation.hard_splits import question_words

_LOGARITHM = re.compile(r"\b(?:lg|log10)\s*\(\s*([^()]+?)\s*\)", re.IGNORECASE)


@dataclass(frozen=True)
class HonestScore:
    """What to expect of the model on new clusters: nested cross-validation of its recipe.

    Attributes
    ----------
    r_mean, r_std, rmse_mean, rmse_std : float
        Of the outer test sets; RMSE in the target's unit.
    outer_folds, outer_repeats, inner_folds : int
    budget : int or None
        Candidates searched in each outer training set; None is the whole grid.
    seed : int
    leave_out : str or None
        What the outer folds left out, where they were not random.
    """

    r_mean: float
    r_std: float
    rmse_mean: float
    rmse_std: float
    outer_folds: int
    outer_repeats: int
    inner_folds: int
    budget: int | None
    seed: int
    leave_out: str | None = None

    @classmethod
    def from_result(cls, result: RecipeResult, settings: Mapping[str, Any]) -> HonestScore:
        """Take the score out of a recipe's nested cross-validation.

        Parameters
        ----------
        result : RecipeResult
        settings : mapping
            `StudyResult.settings` of the study that the result belongs to.
        """
        return cls(
            r_mean=result.mean("test", "r"),
            r_std=result.std("test", "r"),
            rmse_mean=result.mean("test", "rmse"),
            rmse_std=result.std("test", "rmse"),
            outer_folds=settings["outer_folds"],
            outer_repeats=settings["outer_repeats"],
            inner_folds=settings["inner_folds"],
            budget=settings["budget"].get(result.name),
            seed=settings["seed"],
            leave_out=settings.get("leave_out"),
        )

    @property
    def procedure(self) -> str:
        """How it was found, in words."""
        searched = "the whole grid" if self.budget is None else f"{self.budget:,} candidates"
        repeats = "" if self.outer_repeats == 1 else f" x {self.outer_repeats} repeats"
        if self.leave_out is not None:
            repeats = f" ({question_words(self.leave_out)})"
        return (
            f"nested cross-validation, {self.outer_folds} outer folds{repeats}, "
            f"{self.inner_folds} inner folds, {searched}, seed {self.seed}"
        )

    def __str__(self) -> str:
        """Return the score in one line."""
        return (
            f"test r {self.r_mean:.3f} ± {self.r_std:.3f}, "
            f"RMSE {self.rmse_mean:.3f} ± {self.rmse_std:.3f} ({self.procedure})"
        )


@dataclass(frozen=True)
class TrainingData:
    """The table that a model was fitted on, without its values.

    Attributes
    ----------
    name, sha256 : str
    n_rows : int
    synthetic : bool
    domain : str
        Name of the table's domain; empty where nothing is known of such tables.
    """

    name: str
    sha256: str
    n_rows: int
    synthetic: bool = False
    domain: str = ""


@dataclass(frozen=True, eq=False)
class SavedModel:
    """A recipe fitted on all rows of a table: predicts, and says how far to trust it.

    Made by `fit_model`; kept by `save_model` and `load_model`; used by `predict`.

    Attributes
    ----------
    pipeline : Pipeline
        Fitted.
    recipe, title : str
    params : mapping
        What the search chose; estimators by their text.
    descriptors : tuple of str, (n_descriptors,)
        In the order of the pipeline's columns.
    ranges : ndarray, (n_descriptors, 2)
        Lowest and highest value in training; NaN where none was known.
    target : str
    data : TrainingData
    missing : {"impute", "as-published"}
        What happens to missing values and sentinels.
    search : mapping
        ``inner_folds``, ``budget`` and ``seed`` of the search on all rows.
    honest : HonestScore or None
        None where no nested cross-validation was run.
    versions : mapping of str to str
        Of the libraries that fitted it.
    """

    pipeline: Pipeline
    recipe: str
    title: str
    params: Mapping[str, Any]
    descriptors: tuple[str, ...]
    ranges: np.ndarray
    target: str
    data: TrainingData
    missing: str
    search: Mapping[str, Any]
    honest: HonestScore | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> Domain:
        """What is known of such tables."""
        return find_domain(self.data.domain)

    @property
    def rate(self) -> str | None:
        """Name of the quantity whose decadic logarithm the target is, such as k1."""
        return rate_name(self.target)

    @property
    def unit(self) -> str | None:
        """Unit of the quantity whose logarithm the target is, where it is known."""
        return self.domain.unit(self.rate or "") or None

    @property
    def label(self) -> str:
        """Recipe and table in one line, with SYNTHETIC where the table is simulated."""
        mark = " (SYNTHETIC)" if self.data.synthetic else ""
        return f"{self.recipe} on {self.data.n_rows} {self.domain.rows} of {self.data.name}{mark}"

    @property
    def formula(self) -> str | None:
        """What the model says as a formula for a board; None for models that are none."""
        write = getattr(self.pipeline.steps[-1][1], "formula", None)
        return None if write is None else f"{self.target} = {write(self.descriptors)}"

    def summary(self) -> dict[str, Any]:
        """Return what the model is as plain values, without the pipeline."""
        return {
            "recipe": {"name": self.recipe, "title": self.title, "params": dict(self.params)},
            "target": {"name": self.target, "rate": self.rate, "unit": self.unit},
            "descriptors": [
                {"name": name, "lowest": float(low), "highest": float(high)}
                for name, (low, high) in zip(self.descriptors, self.ranges, strict=True)
            ],
            "data": asdict(self.data),
            "missing": self.missing,
            "search": dict(self.search),
            "honest": None if self.honest is None else self._honest(self.honest),
            "versions": dict(self.versions),
        }

    @staticmethod
    def _honest(score: HonestScore) -> dict[str, Any]:
        return {"procedure": score.procedure, **asdict(score)}


def rate_name(target: str) -> str | None:
    """Return what a target is the decadic logarithm of, or None.

    Examples
    --------
    >>> rate_name("Expt. lg(k1)"), rate_name("barrier")
    ('k1', None)
    """
    found = _LOGARITHM.search(target)
    return found[1] if found else None
