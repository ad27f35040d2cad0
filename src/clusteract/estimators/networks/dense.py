"""The study's self-compiled network as an ordinary scikit-learn regressor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from clusteract.estimators.networks.many import train_many
from clusteract.estimators.networks.scale import Scale
from clusteract.estimators.networks.scoring import ranking_r
from clusteract.estimators.networks.task import Rows, Setting, Task, Trained, forward


class DenseNetworkRegressor(RegressorMixin, BaseEstimator):
    r"""Fully connected network with dropout, L2 and early stopping.

    Input, Dense(units_1) relu, Dropout, Dense(units_2) relu, Dropout, Dense(units_3) relu,
    Dense(1). Each batch of rows :math:`b` lowers

    .. math:: \frac{1}{|b|}\sum_{i \in b} (\hat y_i - y_i)^2 + \alpha \sum_{l} \|W_l\|^2

    with Adam, where :math:`l` runs over the hidden layers. The rows are shuffled each epoch. The
    last tenth of the rows is set aside; training ends when the loss on it (the L2 term included,
    as Keras counts it) has not fallen for ``patience`` epochs, and its best weights are kept.

    With ``standardize_target`` the target of that sum is less its mean and in units of its spread,
    both of the rows that are trained on; predictions are in the target's own unit either way. A
    target that lies far from 0 for its spread is learned much better so: an untrained network
    predicts about 0.

    Training runs in float32. Prediction is plain NumPy on the arrays ``coefs_`` and
    ``intercepts_``.

    Parameters
    ----------
    units_1, units_2, units_3 : int
        Widths of the hidden layers.
    dropout_rate : float
        Share of a layer's outputs dropped in training, in [0, 1).
    alpha : float
        Weight of the L2 term.
    learning_rate : float
        Adam's step size.
    epochs : int
        Most passes through the training rows.
    batch_size : int
        Rows in an optimizer step.
    patience : int
        Epochs without improvement before training ends.
    random_state : int, RandomState or None
        Seeds initial weights, row order and dropout.
    hidden : sequence of int or None
        Widths of any number of hidden layers, instead of ``units_1`` to ``units_3``.
    dropout_last : bool
        Drop outputs of the last hidden layer as well.
    validation_fraction : float
        Share of the rows, the last ones, that decides when to stop. With 0 all epochs are run
        and the last weights are kept.
    plateau_patience : int or None
        Halve the learning rate after so many epochs without improvement by 1e-4.
    min_learning_rate : float
        The learning rate is not halved below this.
    standardize_target : bool
        Train on the target less its mean, divided by its spread (standard deviation).
    shuffle_validation : bool
        Set rows aside at random, not the last ones, which in a sorted table are all of a kind.
    backend : {"numpy", "jax"}
        What trains the network. "numpy" is faster on a processor, and its result does not depend
        on what else is trained; "jax" is for a GPU and agrees with it within float32 rounding.

    Attributes
    ----------
    coefs_ : list of float32 arrays of shape (fan_in, fan_out)
        Kernels. With ``standardize_target`` the last one is float64 and predicts in the target's
        unit.
    intercepts_ : list of float32 arrays of shape (fan_out,)
        Biases; the last one as in `coefs_`.
    history_ : list of dict
        One record an epoch: ``epoch``, ``loss``, ``val_loss``, ``learning_rate``. The losses, L2
        term included, are in the square of the target's unit, standardised or not.
    n_iter_ : int
        Epochs run.
    best_epoch_ : int
        The epoch whose weights were kept, counted from 1.
    n_features_in_ : int
        Number of descriptors.

    References
    ----------
    The architecture of the reference's deep network: Mou et al., ACS Catal. 2025, 15 (8), 6618.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> network = DenseNetworkRegressor(16, 16, 16, dropout_rate=0.0, random_state=0)
    >>> round(network.fit(X, np.abs(X[:, 0])).score(X, np.abs(X[:, 0])), 1)
    1.0
    """

    def __init__(
        self,
        units_1: int = 64,
        units_2: int = 64,
        units_3: int = 64,
        dropout_rate: float = 0.2,
        alpha: float = 1e-4,
        learning_rate: float = 1e-3,
        epochs: int = 500,
        batch_size: int = 64,
        patience: int = 10,
        random_state: int | np.random.RandomState | None = None,
        *,
        hidden: Sequence[int] | None = None,
        dropout_last: bool = False,
        validation_fraction: float = 0.1,
        plateau_patience: int | None = None,
        min_learning_rate: float = 1e-6,
        standardize_target: bool = False,
        shuffle_validation: bool = False,
        backend: str = "numpy",
    ) -> None:
        self.units_1 = units_1
        self.units_2 = units_2
        self.units_3 = units_3
        self.dropout_rate = dropout_rate
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.random_state = random_state
        self.hidden = hidden
        self.dropout_last = dropout_last
        self.validation_fraction = validation_fraction
        self.plateau_patience = plateau_patience
        self.min_learning_rate = min_learning_rate
        self.standardize_target = standardize_target
        self.shuffle_validation = shuffle_validation
        self.backend = backend

    def fit(
        self, X: ArrayLike, y: ArrayLike, validation: tuple[ArrayLike, ArrayLike] | None = None
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_descriptors)
            Descriptors, scaled.
        y : array-like of shape (n_rows,)
            Target.
        validation : (X, y) or None
            Rows that decide when to stop, instead of the last rows of ``X``.

        Raises
        ------
        InputError
            If a parameter is out of its range.
        """
        task = self._task(X, y, validation)
        return self._take(train_many([task])[0], task.rows.scale)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the target (n_rows,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        kernels = [kernel.astype(np.float64) for kernel in self.coefs_]
        return forward(kernels, list(self.intercepts_), np.asarray(rows))

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Pearson r of prediction and target, as in the study; see `ranking_r`."""
        return ranking_r(y, self.predict(X))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of a saved network, also of one saved before a parameter was there."""
        super().__setstate__(state)
        for name in ("standardize_target", "shuffle_validation"):
            self.__dict__.setdefault(name, False)

    def _setting(self) -> Setting:
        hidden = self.hidden
        units = (self.units_1, self.units_2, self.units_3) if hidden is None else tuple(hidden)
        return Setting(
            hidden=units,
            dropout_rate=self.dropout_rate,
            dropout_last=self.dropout_last,
            alpha=self.alpha,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=self.patience,
            plateau_patience=self.plateau_patience,
            min_learning_rate=self.min_learning_rate,
            backend=self.backend,
            seed=int(check_random_state(self.random_state).randint(2**31 - 1)),
        )

    def _task(
        self, X: ArrayLike, y: ArrayLike, validation: tuple[ArrayLike, ArrayLike] | None = None
    ) -> Task:
        """Check settings and rows."""
        rows, target = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        setting = self._setting()
        if validation is None:
            parted = Rows.split(
                rows,
                target,
                self.validation_fraction,
                self.standardize_target,
                setting.seed if self.shuffle_validation else None,
            )
            return Task(setting, parted)
        X_val = validate_data(self, validation[0], reset=False, dtype=np.float64)
        y_val = check_array(validation[1], ensure_2d=False, dtype=np.float64).ravel()
        scale = Scale.of(target) if self.standardize_target else None
        return Task(setting, Rows.given(rows, target, X_val, y_val, scale))

    def _take(self, trained: Trained, scale: Scale | None) -> Self:
        kernels, biases = trained.architecture.views(trained.weights[None])
        self.coefs_ = [k[0] for k in kernels]
        self.intercepts_ = [b[0, 0] for b in biases]
        self.history_ = trained.history
        if scale is not None:
            layer = scale.undo(self.coefs_[-1], self.intercepts_[-1])
            self.coefs_[-1], self.intercepts_[-1] = layer
            self.history_ = [scale.in_unit(record) for record in trained.history]
        self.n_iter_ = trained.n_iter
        self.best_epoch_ = trained.best_epoch
        return self


Request = tuple[DenseNetworkRegressor, np.ndarray, np.ndarray]


def fit_dense(
    requests: Sequence[Request], n_jobs: int = 1, use: Callable[[int, Any], Any] | None = None
) -> list[Any]:
    """Fit many `DenseNetworkRegressor` on their training sets, those of one shape side by side.

    Each result is bit for bit what ``clone(estimator).fit(X, y)`` gives.

    Parameters
    ----------
    requests : sequence of (estimator, X, y)
        Unfitted estimators, left as they are, and their training rows.
    n_jobs : int
        Threads. BLAS runs single-threaded meanwhile.
    use : callable(number, fitted) -> object, optional
        Turns a fitted estimator into what is kept, so that no weights need be.

    Returns
    -------
    list
        For each request the fitted estimator (or what ``use`` made of it), or the exception that
        its ``fit`` raised.
    """
    numbers, models, tasks = [], [], []
    results: list[Any] = [None] * len(requests)
    for number, (estimator, X, y) in enumerate(requests):
        model = clone(estimator)
        try:
            tasks.append(model._task(X, y))
        except Exception as error:
            results[number] = error
            continue
        numbers.append(number)
        models.append(model)

    def finish(index: int, trained: Trained) -> None:
        fitted = models[index]._take(trained, tasks[index].rows.scale)
        number = numbers[index]
        results[number] = fitted if use is None else use(number, fitted)
        models[index] = None

    train_many(tasks, finish, n_jobs)
    return results
