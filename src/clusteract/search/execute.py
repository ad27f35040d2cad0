"""Walking one training set through the steps of a pipeline, each distinct setting once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from clusteract.search import sklearn_internals as private
from clusteract.search.problem import SearchProblem, Step, Variant
from clusteract.search.rules import Failure, Rule, Training
from clusteract.search.rules.base import private_copy
from clusteract.search.scoring import GroupScorer, is_plain_target, resolve_scorer


@dataclass
class Branch:
    """Candidates that have every step so far in common.

    Attributes
    ----------
    members : ndarray of int
        The candidates.
    X : the training rows, as the steps so far transform them.
    evals : list
        The rows to score on, transformed alike; a Failure where transforming raised.
    path : list of (name, fitted step)
    """

    members: np.ndarray
    X: Any
    evals: list[Any]
    path: list[tuple[str, Any]]


@dataclass
class Fold:
    """One split of the data: rows and arguments to fit on, rows and arguments to score on."""

    X: Any
    y: Any
    fit_params: dict[str, Any]
    evals: list[tuple[Any, Any, dict[str, Any]]]


@dataclass
class Outcome:
    """Scores by candidate: one dict (or number, or None) per set of rows scored on."""

    scores: list[list[Any]]
    errors: dict[int, str] = field(default_factory=dict)
    fits: Counter[str] = field(default_factory=Counter)
    fits_naive: Counter[str] = field(default_factory=Counter)
    capped: int = 0
    models: int = 0


def cut_fold(problem: SearchProblem, X: Any, y: Any, train: np.ndarray, test: np.ndarray) -> Fold:
    """Cut a training and a test set out of the data, as GridSearchCV does."""
    sets = [test, train] if problem.return_train_score else [test]
    evals = [
        (
            private.take_rows(X, rows),
            private.take_rows(y, rows),
            private.take_params(X, problem.score_params, rows),
        )
        for rows in sets
    ]
    fit_params = private.take_params(X, problem.fit_params, train)
    return Fold(private.take_rows(X, train), private.take_rows(y, train), fit_params, evals)


def execute(problem: SearchProblem, fold: Fold) -> Outcome:
    """Fit and score every candidate of a problem on one fold."""
    return _Walk(problem, fold).run()


class _Walk:
    def __init__(self, problem: SearchProblem, fold: Fold):
        self.problem = problem
        self.fold = fold
        self.scorer = resolve_scorer(problem.estimator, problem.scoring, problem.error_score)
        self.sees_last_step = private.asks_only_predictions(self.scorer)
        self.plain_targets = not problem.score_params and all(
            is_plain_target(y) for _, y, _ in fold.evals
        )
        self.store: dict[Any, Any] = {}
        n = len(problem.table)
        self.outcome = Outcome([[None] * n for _ in fold.evals])

    def run(self) -> Outcome:
        everyone = np.arange(len(self.problem.table))
        self._descend(0, Branch(everyone, self.fold.X, [e[0] for e in self.fold.evals], []))
        return self.outcome

    def _descend(self, depth: int, branch: Branch) -> None:
        step = self.problem.steps[depth]
        last = depth == len(self.problem.steps) - 1
        for group in groups(step, branch.members):
            self.outcome.fits_naive.update(group.naive(n_columns(branch.X), last))
            if last:
                self._finish(step, group, branch)
                continue
            for below in self._transform(step, group, branch):
                self._descend(depth + 1, below)

    def _training(self, step: Step, branch: Branch) -> Training:
        params = self.problem.params_of_step(step.name, self.fold.fit_params)
        strict = self.problem.error_score == "raise"
        return Training(branch.X, self.fold.y, params, self.outcome.fits, strict, store=self.store)

    def _transform(self, step: Step, group: Group, branch: Branch) -> Iterator[Branch]:
        if group.passes_through:
            path = [*branch.path, (step.name, "passthrough")]
            yield Branch(group.members[0], branch.X, branch.evals, path)
            return
        done = group.rule.fit_transform(group.estimators, self._training(step, branch))
        for pair, rows in zip(done, group.members, strict=True):
            if isinstance(pair, Failure):
                self._fail(rows, pair)
                continue
            fitted, X = pair
            evals = [_apply(fitted.transform, e) for e in branch.evals]
            yield Branch(rows, X, evals, [*branch.path, (step.name, fitted)])

    def _finish(self, step: Step, group: Group, branch: Branch) -> None:
        scorer = GroupScorer(self.scorer, group.estimators[0])
        training = self._training(step, branch)
        training.formula = self.plain_targets and scorer.known
        good = []
        self.outcome.models += group.rule.models(group.estimators)
        fitted = group.rule.fit(group.estimators, training)
        for model, rows in zip(fitted, group.members, strict=True):
            if isinstance(model, Failure):
                self._fail(rows, model)
                continue
            good.append((model, rows))
            self.outcome.capped += len(rows) * group.rule.capped(model)
        for which in range(len(self.fold.evals)) if good else ():
            models = [model for model, _ in good]
            scores = self._score_by_formula(group.rule, scorer, models, branch, which)
            if scores is None:
                fitted = [group.rule.materialize(model) for model in models]
                scores = [self._score_one(step, model, branch, which) for model in fitted]
            self._note(which, scores, [rows for _, rows in good])

    def _note(self, which: int, scores: list[Any], members: list[np.ndarray]) -> None:
        for score, rows in zip(scores, members, strict=True):
            for row in rows:
                self.outcome.scores[which][row] = score

    def _score_by_formula(
        self, rule: Rule, scorer: GroupScorer, models: list[Any], branch: Branch, which: int
    ) -> list[Any] | None:
        """Score a whole group by arithmetic, or return None where a scorer must be asked."""
        X = branch.evals[which]
        if not (self.plain_targets and scorer.known) or isinstance(X, Failure):
            return None
        try:
            predictions = rule.predict(models, X)
        except Exception:
            return None  # the scorer meets the same error, and words it
        columns = scorer.score(self.fold.evals[which][1], predictions)
        if columns is None:
            return None
        if not self.problem.is_multimetric:
            return columns["score"]
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def _score_one(self, step: Step, model: Any, branch: Branch, which: int) -> Any:
        """Score one model with the scorer itself."""
        X, y, params = self.fold.evals[which]
        estimator = model
        if self.problem.is_pipeline:
            seen = branch.evals[which]
            if self.sees_last_step and not isinstance(seen, Failure):
                X = seen
            else:
                estimator = Pipeline([*branch.path, (step.name, model)])
        return private.score_as_sklearn(
            estimator, private_copy(X), y, self.scorer, params, self.problem.error_score
        )

    def _fail(self, rows: np.ndarray, failure: Failure) -> None:
        for row in rows:
            self.outcome.errors[int(row)] = failure.text


@dataclass
class Group:
    """Variants that are fitted together, and the candidates of each."""

    rule: Rule
    variants: list[Variant] = field(default_factory=list)
    members: list[np.ndarray] = field(default_factory=list)

    @property
    def estimators(self) -> list[Any]:
        """The unfitted estimators."""
        return [variant.estimator for variant in self.variants]

    @property
    def passes_through(self) -> bool:
        """Whether the step does nothing."""
        return self.variants[0].estimator is None

    def naive(self, n_features: int, last: bool) -> Counter[str]:
        """Count the fits that scikit-learn makes for these candidates."""
        total: Counter[str] = Counter()
        for estimator, rows in zip(self.estimators, self.members, strict=True):
            for unit, number in self._units(estimator, n_features, last).items():
                total[unit] += number * len(rows)
        return total

    def _units(self, estimator: Any, n_features: int, last: bool) -> Counter[str]:
        if estimator is None:
            return Counter()
        if not last and self.rule.unit == Rule.unit:
            return Counter({"transformer fits": 1})
        return self.rule.units(estimator, n_features)

    def seconds(self, n_features: int) -> float:
        """Estimate what fitting the group costs."""
        return 0.0 if self.passes_through else self.rule.seconds(self.estimators, n_features)


def groups(step: Step, members: np.ndarray) -> Iterator[Group]:
    """Gather candidates by variant, and variants by what they are fitted together with."""
    found: dict[str, Group] = {}
    of = step.variant_of[members]
    for index in np.unique(of):
        variant = step.variants[index]
        group = found.setdefault(variant.group, Group(variant.rule))
        group.variants.append(variant)
        group.members.append(members[of == index])
    yield from found.values()


def _apply(transform: Callable[[Any], Any], X: Any) -> Any:
    if isinstance(X, Failure):
        return X
    try:
        return transform(private_copy(X))
    except Exception as error:
        return Failure(error, str(error))


def n_columns(X: Any) -> int:
    """Count the columns of a table, or 0 where there is no telling."""
    shape: tuple[int, ...] = getattr(X, "shape", ())
    return shape[1] if len(shape) > 1 else 0
