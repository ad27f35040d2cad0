"""What is searched: an estimator, its candidates and how they are scored, cut into steps."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from clusteract.search.candidates import CandidateTable
from clusteract.search.fingerprints import fingerprint, params_of
from clusteract.search.rules import Rule, rule_for
from clusteract.search.shareable import (
    Shape,
    behind,
    why_scoring_unshared,
    why_value_unshared,
)

_CACHED = ("steps", "is_pipeline")


@dataclass(frozen=True)
class Variant:
    """One distinct setting of a step.

    Attributes
    ----------
    estimator : the unfitted estimator, or None for a step that passes its input through.
    rule : the sharing rule of its class.
    group : what it has in common with the variants it is fitted together with.
    """

    estimator: Any
    rule: Rule
    group: str


@dataclass(frozen=True)
class Step:
    """A step of the pipeline: its variants, and which of them each candidate has."""

    name: str
    variants: list[Variant]
    variant_of: np.ndarray


@dataclass
class SearchProblem:
    """An estimator, candidates for its parameters, and the way they are scored.

    `reason` says why every candidate is left to scikit-learn; None where the steps are shared.
    """

    estimator: Any
    table: CandidateTable
    scoring: Any = None
    error_score: Any = np.nan
    return_train_score: bool = False
    fit_params: dict[str, Any] = field(default_factory=dict)
    score_params: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def why_unshared(self, shape: Shape) -> str | None:
        """Say what keeps the search from being shared on training sets of some size."""
        if reason := why_scoring_unshared(self.scoring):
            return reason
        for name, values in zip(self.table.names, self.table.values, strict=True):
            last = name.rpartition("__")[2]
            if last.startswith("copy") or "verbose" in last:
                return f"{name} is in the grid"
            if reason := why_value_unshared(values, None):
                return reason
        if reason := why_value_unshared(self.estimator, None):
            return reason
        return self._why_random(shape)

    def _why_random(self, shape: Shape) -> str | None:
        for step in self.steps:
            variants = [variant.estimator for variant in step.variants]
            for estimator in variants:
                if reason := why_value_unshared(estimator, shape):
                    return reason
            for estimator in variants:
                shape = behind(estimator, shape)
        return None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the compiled steps: they are quicker to make than to send."""
        return {name: value for name, value in vars(self).items() if name not in _CACHED}

    def subset(self, indices: np.ndarray) -> SearchProblem:
        """Keep some candidates; all of them are the problem itself, compiled steps included."""
        if len(indices) == len(self.table):
            return self
        return SearchProblem(**{**self.__getstate__(), "table": self.table.subset(indices)})

    @cached_property
    def is_pipeline(self) -> bool:
        """Whether the steps of the estimator can be fitted apart."""
        return type(self.estimator) is Pipeline and self._touches_steps_only()

    def _touches_steps_only(self) -> bool:
        pipeline = self.estimator
        names = {name for name, _ in pipeline.steps}
        heads = {name.partition("__")[0] for name in self.table.names}
        last_is_model = not any(_is_passthrough(value) for value in self._values_of_last_step())
        return heads <= names and last_is_model and self._metadata_names_steps(names)

    def _values_of_last_step(self) -> list[Any]:
        name, base = self.estimator.steps[-1]
        where = self.table.names.index(name) if name in self.table.names else None
        return [base] if where is None else [base, *self.table.values[where]]

    def _metadata_names_steps(self, names: set[str]) -> bool:
        heads = {name.partition("__")[0] for name in self.fit_params if "__" in name}
        return heads <= names and all("__" in name for name in self.fit_params)

    @cached_property
    def steps(self) -> list[Step]:
        """The steps with their variants; a bare estimator is a pipeline of one step."""
        if not self.is_pipeline:
            settings, which = self.table.distinct(self.table.names)
            return [_make_step("", self.estimator, settings, which)]
        return [self._pipeline_step(name, base) for name, base in self.estimator.steps]

    def _pipeline_step(self, name: str, base: Any) -> Step:
        own = [n for n in self.table.names if n.partition("__")[0] == name]
        settings, which = self.table.distinct(own)
        shorter = [{n.partition("__")[2]: v for n, v in s.items()} for s in settings]
        return _make_step(name, base, shorter, which)

    @property
    def exact(self) -> bool:
        """Whether every rule that takes part promises scikit-learn's bits."""
        if self.reason is not None:
            return True
        return all(v.rule.exact for step in self.steps for v in step.variants)

    @property
    def is_multimetric(self) -> bool:
        """Whether ``scoring`` names several scorers; of a callable that is known only later."""
        return isinstance(self.scoring, (list, tuple, set, dict))

    def params_of_step(self, name: str, fit_params: dict[str, Any]) -> dict[str, Any]:
        """Pick the arguments that one step's ``fit`` is given."""
        if not self.is_pipeline:
            return fit_params
        head = f"{name}__"
        return {k.removeprefix(head): v for k, v in fit_params.items() if k.startswith(head)}


def _make_step(name: str, base: Any, settings: list[dict], which: np.ndarray) -> Step:
    """Configure a step for each setting; equal settings become one variant."""
    variants: dict[str, Variant] = {}
    places: dict[str, int] = {}
    variant_of = np.empty(len(which), dtype=np.intp)
    members = _members(which, len(settings))
    for estimator, rows in zip(_configure(base, settings), members, strict=True):
        text = "passthrough" if _is_passthrough(estimator) else fingerprint(estimator)
        if text not in variants:
            places[text] = len(variants)
            variants[text] = _variant(estimator)
        variant_of[rows] = places[text]
    return Step(name, list(variants.values()), variant_of)


def _members(which: np.ndarray, n: int) -> list[np.ndarray]:
    order = np.argsort(which, kind="stable")
    return np.split(order, np.searchsorted(which[order], np.arange(1, n)))


def _variant(estimator: Any) -> Variant:
    if _is_passthrough(estimator):
        return Variant(None, rule_for(None), "passthrough")
    rule = rule_for(estimator)
    return Variant(estimator, rule, rule.group_key(estimator))


def _configure(base: Any, settings: list[dict[str, Any]]) -> list[Any]:
    """Apply settings to copies of an estimator, as ``clone`` and ``set_params`` would."""
    template = _clone_step(base)
    return [_configured(template, setting) for setting in settings]


def _configured(template: Any, setting: dict[str, Any]) -> Any:
    rest = dict(setting)
    if "" in rest:
        template = _clone_step(rest.pop(""))
    if not rest:
        return template
    if any("__" in name for name in rest):
        return clone(template).set_params(**clone(rest, safe=False))
    # A shallow copy will do: variants are cloned again before anything fits them.
    variant = copy.copy(template)
    own_way = type(variant).set_params is not BaseEstimator.set_params
    if own_way or not rest.keys() <= params_of(template).keys():
        return variant.set_params(**rest)
    for name, value in rest.items():
        setattr(variant, name, value)
    return variant


def _is_passthrough(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == "passthrough")


def _clone_step(step: Any) -> Any:
    return step if step is None or isinstance(step, str) else clone(step)
