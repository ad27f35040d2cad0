"""Walking one training set through the steps of a pipeline, each distinct setting once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clusteract.search import sklearn_internals as internals
from clusteract.search.problem import SearchProblem, Step, Variant
from clusteract.search.rules import Failure, Rule, Training
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
        The rows to score on, transformed alike.
    """

    members: np.ndarray
    X: Any
    evals: list[Any]


@dataclass
class Fold:
    """One split of the data: rows and arguments to fit on, rows and arguments to score on."""

    X: Any
    y: Any
    fit_params: dict[str, Any]
    evals: list[tuple[Any, Any, dict[str, Any]]]


@dataclass
class Outcome:
    """What became of each candidate, as scikit-learn's ``_fit_and_score`` says it.

    Attributes
    ----------
    scores : list of list
        For each set of rows scored on, a number or a dict for each candidate.
    errors : list of (str or None)
        The traceback of a fit that failed.
    fit_seconds, score_seconds : ndarray of shape (n_candidates,)
        What is shared is split: among settings by what each would cost alone, then evenly.
    fits, fits_naive : Counter
        By unit.
    capped, models : int
    """

    scores: list[list[Any]]
    errors: list[str | None]
    fit_seconds: np.ndarray
    score_seconds: np.ndarray
    fits: Counter[str] = field(default_factory=Counter)
    fits_naive: Counter[str] = field(default_factory=Counter)
    capped: int = 0
    models: int = 0


def cut_fold(problem: SearchProblem, X: Any, y: Any, train: np.ndarray, test: np.ndarray) -> Fold:
    """Cut a training and a test set out of the data, as GridSearchCV does."""
    X_train, y_train = internals.take_rows(X, train), internals.take_rows(y, train)
    X_test, y_test = internals.take_rows(X, test), internals.take_rows(y, test)
    params = problem.score_params
    evals = [(X_test, y_test, internals.take_params(X, params, test))]
    if problem.return_train_score:
        # The very object that was fitted on: some kernels ask whether it is.
        evals.append((X_train, y_train, internals.take_params(X, params, train)))
    return Fold(X_train, y_train, internals.take_params(X, problem.fit_params, train), evals)


def execute(problem: SearchProblem, X: Any, y: Any, train: np.ndarray, test: np.ndarray) -> Outcome:
    """Fit and score every candidate of a problem on one split of the data.

    What fails is fitted once more by scikit-learn alone, whose words and scores count.
    """
    n, n_sets = len(problem.table), 1 + bool(problem.return_train_score)
    outcome = Outcome([[None] * n for _ in range(n_sets)], [None] * n, np.zeros(n), np.zeros(n))
    alone = np.arange(n)
    if problem.reason is None:
        walk = _Walk(problem, cut_fold(problem, X, y, train, test), outcome)
        alone = walk.run()
    else:
        outcome.fits.update({Rule.unit: n})
        outcome.fits_naive.update({Rule.unit: n})
        outcome.models += n
    for index in alone:
        _fit_alone(problem, int(index), (X, y, train, test), outcome)
    return outcome


def _fit_alone(problem: SearchProblem, index: int, data: tuple, outcome: Outcome) -> None:
    """Fit and score one candidate exactly as GridSearchCV does."""
    X, y, train, test = data
    result = internals.fit_and_score(
        problem.estimator,
        X,
        y,
        scorer=resolve_scorer(problem.estimator, problem.scoring, problem.error_score),
        train=train,
        test=test,
        parameters=problem.table.params(index),
        fit_params=problem.fit_params,
        score_params=problem.score_params,
        return_train_score=problem.return_train_score,
        error_score=problem.error_score,
    )
    outcome.scores[0][index] = result["test_scores"]
    if problem.return_train_score:
        outcome.scores[1][index] = result["train_scores"]
    outcome.errors[index] = result["fit_error"]
    outcome.fit_seconds[index] = result["fit_time"]
    outcome.score_seconds[index] = result["score_time"]


class _Walk:
    """One way through the steps; returns the candidates that something failed for."""

    def __init__(self, problem: SearchProblem, fold: Fold, outcome: Outcome):
        self.problem = problem
        self.fold = fold
        self.scorer = resolve_scorer(problem.estimator, problem.scoring, "raise")
        self.plain_targets = not problem.score_params and all(
            is_plain_target(y) for _, y, _ in fold.evals
        )
        self.store: dict[Any, Any] = {}
        self.outcome = outcome
        self.failed: list[np.ndarray] = []

    def run(self) -> np.ndarray:
        everyone = np.arange(len(self.problem.table))
        self._descend(0, Branch(everyone, self.fold.X, [e[0] for e in self.fold.evals]))
        return np.unique(np.concatenate([everyone[:0], *self.failed]))

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
        return Training(branch.X, self.fold.y, params, self.outcome.fits, store=self.store)

    def _transform(self, step: Step, group: Group, branch: Branch) -> Iterator[Branch]:
        if group.passes_through:
            members = np.sort(np.concatenate(group.members))
            yield Branch(members, branch.X, branch.evals)
            return
        start = time.perf_counter()
        done = group.rule.fit_transform(group.estimators, self._training(step, branch))
        group.charge(self.outcome.fit_seconds, time.perf_counter() - start, n_columns(branch.X))
        for pair, rows in zip(done, group.members, strict=True):
            if isinstance(pair, Failure):
                self.failed.append(rows)
                continue
            fitted, X = pair
            start = time.perf_counter()
            try:
                evals = [fitted.transform(rows_to_score) for rows_to_score in branch.evals]
            except Exception:
                self.failed.append(rows)
                continue
            self.outcome.score_seconds[rows] += (time.perf_counter() - start) / len(rows)
            yield Branch(rows, X, evals)

    def _finish(self, step: Step, group: Group, branch: Branch) -> None:
        scorer = GroupScorer(self.scorer, group.estimators[0])
        training = self._training(step, branch)
        training.formula = self.plain_targets and scorer.complete
        self.outcome.models += group.rule.models(group.estimators)
        start = time.perf_counter()
        fitted = group.rule.fit(group.estimators, training)
        group.charge(self.outcome.fit_seconds, time.perf_counter() - start, n_columns(branch.X))
        good = []
        for model, rows in zip(fitted, group.members, strict=True):
            if isinstance(model, Failure):
                self.failed.append(rows)
                continue
            good.append((model, rows))
            self.outcome.capped += len(rows) * group.rule.capped(model)
        if good:
            start = time.perf_counter()
            self._score(group.rule, scorer, good, branch)
            members = np.concatenate([rows for _, rows in good])
            self.outcome.score_seconds[members] += (time.perf_counter() - start) / len(members)

    def _score(
        self, rule: Rule, scorer: GroupScorer, good: list[tuple[Any, np.ndarray]], branch: Branch
    ) -> None:
        models: list[Any] = [model for model, _ in good]
        for which in range(len(self.fold.evals)):
            scores = self._score_by_formula(rule, scorer, models, branch, which)
            if scores is None:
                models = [rule.materialize(model) for model in models]
                scores = [self._score_one(model, branch, which) for model in models]
            for score, (_, rows) in zip(scores, good, strict=True):
                if isinstance(score, Failure):
                    self.failed.append(rows)
                for row in rows:
                    self.outcome.scores[which][row] = score

    def _score_by_formula(
        self, rule: Rule, scorer: GroupScorer, models: list[Any], branch: Branch, which: int
    ) -> list[Any] | None:
        """Score a whole group by arithmetic, or return None where a scorer must be asked."""
        if not (self.plain_targets and scorer.complete):
            return None
        try:
            predictions = rule.predict(models, branch.evals[which])
        except Exception:
            return None  # the scorer meets the same error, and words it
        columns = scorer.score(self.fold.evals[which][1], predictions)
        if columns is None:
            return None
        if not self.problem.is_multimetric:
            return columns["score"]
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def _score_one(self, model: Any, branch: Branch, which: int) -> Any:
        """Score one model with the scorer itself: of a pipeline it sees the last step alone."""
        _, y, params = self.fold.evals[which]
        try:
            return internals.score_or_raise(model, branch.evals[which], y, self.scorer, params)
        except Exception as error:
            return Failure(error)


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

    def charge(self, seconds: np.ndarray, spent: float, n_features: int) -> None:
        """Add what the group took to its candidates' seconds, by what each costs alone."""
        sizes = [sum(self.rule.units(e, n_features).values()) for e in self.estimators]
        total = sum(size * len(rows) for size, rows in zip(sizes, self.members, strict=True))
        for size, rows in zip(sizes, self.members, strict=True):
            seconds[rows] += spent * size / total

    def seconds(self, n_features: int) -> float:
        """Estimate what fitting the group costs."""
        return 0.0 if self.passes_through else self.rule.seconds(self.estimators, n_features)


def groups(step: Step, members: np.ndarray) -> Iterator[Group]:
    """Gather candidates by variant, and variants by what they are fitted together with."""
    by_key: dict[str, Group] = {}
    of = step.variant_of[members]
    for index in np.unique(of):
        variant = step.variants[index]
        group = by_key.setdefault(variant.group, Group(variant.rule))
        group.variants.append(variant)
        group.members.append(members[of == index])
    yield from by_key.values()


def n_columns(X: Any) -> int:
    """Count the columns of a table, or 0 where there is no telling."""
    shape: tuple[int, ...] = getattr(X, "shape", ())
    return shape[1] if len(shape) > 1 else 0
