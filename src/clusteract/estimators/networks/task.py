"""One network to train: settings, rows, and what comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import numpy as np

from clusteract.errors import InputError
from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.scale import Record, Scale


@dataclass(frozen=True)
class Setting:
    """Everything that decides a dense network's training, apart from the rows."""

    hidden: tuple[int, ...]
    dropout_rate: float
    dropout_last: bool
    alpha: float
    learning_rate: float
    epochs: int
    batch_size: int
    patience: int
    plateau_patience: int | None
    min_learning_rate: float
    seed: int
    backend: str

    def __post_init__(self) -> None:
        """Check each value, so that a wrong one is named before any work is done."""
        check = _Range(self)
        check("hidden", all(u >= 1 for u in self.hidden), "layers of at least 1 unit")
        check("dropout_rate", 0 <= self.dropout_rate < 1, "0 <= dropout_rate < 1")
        check("alpha", self.alpha >= 0, "at least 0")
        check("learning_rate", self.learning_rate > 0, "more than 0")
        check("epochs", self.epochs >= 1, "at least 1")
        check("batch_size", self.batch_size >= 1, "at least 1")
        check("patience", self.patience >= 1, "at least 1")
        check("min_learning_rate", self.min_learning_rate >= 0, "at least 0")
        check("backend", self.backend in ("numpy", "jax"), '"numpy" or "jax"')
        plateau = self.plateau_patience
        check("plateau_patience", plateau is None or plateau >= 1, "None or at least 1")


class _Range:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def __call__(self, name: str, ok: bool, allowed: str) -> None:
        if not ok:
            value = getattr(self.setting, name)
            raise InputError(f"{name}={value!r} of the dense network must be {allowed}")


@dataclass(frozen=True)
class Rows:
    """Training and validation rows, float32; the validation part may be empty.

    With a scale, both targets are in its unit. Rows of equal numbers are one training, whatever
    their scales.
    """

    X: np.ndarray
    y: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    scale: Scale | None = None

    @cached_property
    def digest(self) -> bytes:
        """Name the rows by their content, so that equal trainings are found."""
        arrays = (self.X, self.y, self.X_val, self.y_val)
        return blake2b(b"".join(a.tobytes() for a in arrays), digest_size=16).digest()

    @classmethod
    def split(
        cls,
        X: np.ndarray,
        y: np.ndarray,
        validation_fraction: float,
        standardize: bool = False,
        seed: int | None = None,
    ) -> Rows:
        """Set the last rows aside, counted as Keras's ``validation_split`` counts them.

        With a seed, as many rows at random.
        """
        if not 0 <= validation_fraction < 1:
            raise InputError(
                f"validation_fraction={validation_fraction!r} must be at least 0 and below 1"
            )
        cut = max(1, math.floor(len(X) * (1.0 - validation_fraction)))
        order = np.arange(len(X))
        if seed is not None:
            order = np.random.default_rng([seed, 3]).permutation(order)
        kept, aside = np.sort(order[:cut]), np.sort(order[cut:])
        scale = Scale.of(y[kept]) if standardize else None
        return cls.given(X[kept], y[kept], X[aside], y[aside], scale)

    @classmethod
    def given(
        cls,
        X: np.ndarray,
        y: np.ndarray,
        X_val: np.ndarray,
        y_val: np.ndarray,
        scale: Scale | None = None,
    ) -> Rows:
        """Take the validation rows as they are; bring both targets to a scale."""
        if scale is not None:
            y, y_val = scale.apply(y), scale.apply(y_val)
        return cls(_plain(X), _plain(y), _plain(X_val), _plain(y_val), scale)


def _plain(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=np.float32)


@dataclass(frozen=True)
class Task:
    """One network: its setting and its rows."""

    setting: Setting
    rows: Rows

    @property
    def architecture(self) -> Architecture:
        """Units from input to output."""
        return Architecture((self.rows.X.shape[1], *self.setting.hidden, 1))

    @property
    def shape(self) -> Shape:
        """What tasks must share to be trained in one batch."""
        setting, rows = self.setting, self.rows
        hidden = len(setting.hidden)
        return Shape(
            self.architecture,
            len(rows.X),
            len(rows.X_val),
            min(setting.batch_size, len(rows.X)),
            hidden if setting.dropout_last else max(hidden - 1, 0),
        )


@dataclass(frozen=True)
class Shape:
    """Sizes of a batch of networks: layers, rows, rows a step, hidden layers with dropout."""

    architecture: Architecture
    n_train: int
    n_val: int
    batch_size: int
    dropped: int

    @property
    def cost(self) -> int:
        """Floating-point operations of one epoch of one network, roughly."""
        weights = self.architecture.n_kernel
        return weights * (6 * self.n_train + 2 * self.n_val)


@dataclass
class Trained:
    """A trained network: plain arrays and numbers."""

    architecture: Architecture
    weights: np.ndarray
    history: list[Record] = field(repr=False)
    best_epoch: int

    @property
    def n_iter(self) -> int:
        """Epochs run."""
        return len(self.history)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Predict (n_rows,), in float64 so that a row's value does not depend on others."""
        kernels, biases = self.architecture.views(self.weights[None].astype(np.float64))
        return forward([k[0] for k in kernels], [b[0, 0] for b in biases], X)


def forward(kernels: list[np.ndarray], biases: list[np.ndarray], X: np.ndarray) -> np.ndarray:
    """Output (n_rows,) of one relu network, no dropout."""
    a = np.asarray(X, dtype=np.float64)
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        a = np.maximum(a @ kernel + bias, 0)
    return (a @ kernels[-1] + biases[-1])[:, 0]
