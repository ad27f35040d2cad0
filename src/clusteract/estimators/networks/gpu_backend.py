"""The arithmetic of a batch of dense networks in JAX, for a GPU.

Shapes are few, because each one is compiled: rows are padded to a multiple of 16 and weighted 0,
and a batch that has emptied is cut to half its slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.estimators.networks import noise
from clusteract.estimators.networks.compiled import KERAS_ADAM
from clusteract.estimators.networks.task import Shape
from clusteract.estimators.networks.training_schedule import DenseSchedule

_ROWS = 16  # row counts are padded to a multiple of this

State = dict[str, Any]


def padded(shape: Shape) -> Shape:
    """Round row counts up, so that folds of unequal size share a batch."""
    steps = -(-shape.n_train // shape.batch_size)
    if steps == 1:  # one step takes all rows, however many
        rows = _up(shape.n_train)
        return replace(shape, n_train=rows, n_val=_up(shape.n_val), batch_size=rows)
    rows = min(_up(shape.n_train), steps * shape.batch_size)  # no step may be all padding
    return replace(shape, n_train=rows, n_val=_up(shape.n_val))


def _up(n: int) -> int:
    return -(-n // _ROWS) * _ROWS


class GpuBackend:
    """State and steps of up to ``slots`` networks; the active ones fill the first slots."""

    def __init__(self, shape: Shape, slots: int) -> None:
        self.shape = shape
        self.slots = slots
        self.state: State = {}
        self._waiting: dict[int, DenseSchedule] = {}

    def load(self, slot: int, schedule: DenseSchedule) -> None:
        """Put a fresh network into a slot, with the next epoch."""
        self._waiting[slot] = schedule

    def move(self, source: int, target: int) -> None:
        """Copy a network to another slot."""
        if source in self._waiting:
            self._waiting[target] = self._waiting.pop(source)
        else:
            self.state = _program().move(self.state, source, target)

    def keep(self, improved: np.ndarray) -> None:
        """Remember the present weights of some of the active networks as their best."""
        mask = np.zeros(self.slots, bool)
        mask[: len(improved)] = improved
        self.state = _program().keep(self.state, mask)

    def best(self, slot: int) -> np.ndarray:
        """Best weights of a network, a copy."""
        return np.array(_program().row(self.state["best"], slot))

    def epoch(self, orders: list[np.ndarray], rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Train each active network once through its rows; see `CpuBackend.epoch`."""
        self._place()
        self._shrink(len(orders))
        n = len(orders)
        order = np.zeros((self.slots, self.shape.n_train), np.int32)
        for row, rows in zip(order, orders, strict=False):
            row[: len(rows)] = rows
        rate = np.zeros(self.slots, np.float32)
        rate[:n] = rates
        self.state, losses = _program().epoch(self.shape, self.state, order, rate)
        loss, val_loss = np.asarray(losses, dtype=np.float64)[:, :n]
        return loss, val_loss

    def _place(self) -> None:
        """Send waiting networks to the device, all at once."""
        if not self._waiting:
            return
        slots, schedules = zip(*self._waiting.items(), strict=True)
        fresh = [_host_row(schedule, self.shape) for schedule in schedules]
        if not self.state:
            empty = {k: np.zeros((self.slots, *np.shape(v)), v.dtype) for k, v in fresh[0].items()}
            self.state = _program().send(empty)
        size = min(self.slots, 1 << (len(slots) - 1).bit_length())  # few shapes to compile
        target = np.full(size, self.slots, np.int32)  # out of range: dropped
        target[: len(slots)] = slots
        columns = {k: np.stack([f[k] for f in fresh]) for k in fresh[0]}
        pad = size - len(slots)
        columns = {k: np.concatenate([v, np.zeros((pad, *v.shape[1:]), v.dtype)]) if pad else v
                   for k, v in columns.items()}  # fmt: skip
        self.state = _program().place(self.state, columns, target)
        self._waiting = {}

    def _shrink(self, active: int) -> None:
        while self.slots >= 2 * active and self.slots > 1:
            self.slots = -(-self.slots // 2)
            self.state = {k: v[: self.slots] for k, v in self.state.items()}


def _host_row(schedule: DenseSchedule, shape: Shape) -> dict[str, np.ndarray]:
    """Everything about one network, before its first epoch."""
    rows, setting = schedule.task.rows, schedule.task.setting
    weights = schedule.weights
    threshold = noise.thresholds(np.array([setting.dropout_rate]))
    return {
        "X": _pad(rows.X, shape.n_train),
        "y": _pad(rows.y, shape.n_train),
        "X_val": _pad(rows.X_val, shape.n_val),
        "y_val": _pad(rows.y_val, shape.n_val),
        "n_train": np.int32(len(rows.X)),
        "n_val": np.int32(len(rows.X_val)),
        "weights": weights,
        "best": weights,
        "mean": np.zeros_like(weights),
        "square": np.zeros_like(weights),
        "alpha": np.float32(setting.alpha),
        "seed": np.uint32(setting.seed),
        "step": np.uint32(0),
        "threshold": threshold[0],
        "scale": noise.scales(threshold)[0],
    }


def _pad(array: np.ndarray, rows: int) -> np.ndarray:
    padding = np.zeros((rows - len(array), *array.shape[1:]), array.dtype)
    return np.concatenate([array, padding])


@dataclass(frozen=True)
class _Program:
    """The compiled functions."""

    send: Any
    place: Any
    move: Any
    keep: Any
    row: Any
    epoch: Any


@cache
def _program() -> _Program:
    """Import JAX and wrap the functions; nothing else in this package needs JAX."""
    try:
        import jax
    except ImportError:
        raise InputError(
            "backend='jax' of the dense network needs JAX, which is not installed: "
            "pip install 'clusteract[gpu]' (and the JAX build of your GPU), or use backend='numpy'"
        ) from None

    def place(state: State, columns: State, target: Any) -> State:
        return {k: v.at[target].set(columns[k], mode="drop") for k, v in state.items()}

    def move(state: State, source: Any, target: Any) -> State:
        return {k: v.at[target].set(v[source]) for k, v in state.items()}

    def keep(state: State, mask: Any) -> State:
        best = jax.numpy.where(mask[:, None], state["weights"], state["best"])
        return {**state, "best": best}

    donated = partial(jax.jit, donate_argnums=0)
    epoch = jax.jit(_epoch, static_argnums=0, donate_argnums=1)
    row = jax.jit(lambda rows, slot: rows[slot])
    return _Program(jax.device_put, donated(place), donated(move), donated(keep), row, epoch)


def _epoch(shape: Shape, state: State, orders: Any, rates: Any) -> tuple[State, Any]:
    """One epoch of every slot: full batches in a loop, then what is left of the rows."""
    import jax
    import jax.numpy as jnp

    size = shape.batch_size
    full = shape.n_train // size

    def step(carry: tuple[State, Any], first: Any, rows: int) -> tuple[State, Any]:
        state, total = carry
        picked = jax.lax.dynamic_slice_in_dim(orders, first, rows, axis=1)
        weight = (first + jnp.arange(rows) < state["n_train"][:, None]).astype(jnp.float32)
        state, squared = _step(shape, state, picked, weight, rates)
        return state, total + squared

    carry = (state, jnp.zeros(len(rates)))
    starts = jnp.arange(full) * size
    carry, _ = jax.lax.scan(lambda c, first: (step(c, first, size), None), carry, starts)
    if shape.n_train % size:
        carry = step(carry, full * size, shape.n_train % size)
    state, total = carry
    hidden = state["weights"][:, : shape.architecture.n_hidden_kernel]
    penalty = state["alpha"] * jnp.sum(hidden**2, axis=1)
    return state, jnp.stack([total / state["n_train"] + penalty, _validate(shape, state) + penalty])


def _step(shape: Shape, state: State, picked: Any, weight: Any, rates: Any) -> tuple[State, Any]:
    import jax
    import jax.numpy as jnp

    every = jnp.arange(len(rates))[:, None]
    inputs, targets = state["X"][every, picked], state["y"][every, picked]
    hidden = shape.architecture.n_hidden_kernel

    def loss(weights: Any) -> tuple[Any, Any]:
        error = _forward(shape, weights, inputs, state) - targets
        squared = jnp.sum(weight * error**2, axis=1)
        penalty = state["alpha"] * jnp.sum(weights[:, :hidden] ** 2, axis=1)
        return jnp.sum(squared / jnp.sum(weight, axis=1) + penalty), squared

    (_, squared), gradient = jax.value_and_grad(loss, has_aux=True)(state["weights"])
    return _adam(state, gradient, rates), squared


def _forward(shape: Shape, weights: Any, inputs: Any, dropout: State | None = None) -> Any:
    import jax.numpy as jnp

    kernels, biases = shape.architecture.views(weights)
    a = inputs
    for i, (kernel, bias) in enumerate(zip(kernels[:-1], biases[:-1], strict=True)):
        a = jnp.maximum(a @ kernel + bias, 0)
        if dropout is not None and i < shape.dropped:
            a = a * _mask(dropout, i, *a.shape[1:])
    return (a @ kernels[-1] + biases[-1])[:, :, 0]


def _mask(state: State, layer: int, rows: int, units: int) -> Any:
    """Return what `compiled.drop` multiplies by; the same bits decide."""
    import jax.numpy as jnp

    size = rows * units
    key = noise.keys(state["seed"], state["step"], layer)
    counters = jnp.asarray(noise.counters((size + 1) // 2))
    words = noise.mix_again(counters ^ key[:, None])
    halves = jnp.stack([words & 0xFFFF, words >> 16], axis=-1).reshape(len(key), -1)
    kept = halves[:, :size] >= state["threshold"][:, None]
    return (kept * state["scale"][:, None]).reshape(len(key), rows, units)


def _validate(shape: Shape, state: State) -> Any:
    import jax.numpy as jnp

    weight = jnp.arange(shape.n_val) < state["n_val"][:, None]
    error = _forward(shape, state["weights"], state["X_val"]) - state["y_val"]
    return jnp.sum(weight * error**2, axis=1) / state["n_val"]


def _adam(state: State, gradient: Any, rates: Any) -> State:
    import jax.numpy as jnp

    beta_1, beta_2, epsilon = KERAS_ADAM.values()
    step = state["step"] + jnp.uint32(1)
    t = step.astype(jnp.float32)
    rate = rates * jnp.sqrt(-jnp.expm1(t * np.log(beta_2))) / -jnp.expm1(t * np.log(beta_1))
    mean = beta_1 * state["mean"] + (1 - beta_1) * gradient
    square = beta_2 * state["square"] + (1 - beta_2) * gradient**2
    weights = state["weights"] - rate[:, None] * mean / (jnp.sqrt(square) + epsilon)
    return {**state, "step": step, "mean": mean, "square": square, "weights": weights}
