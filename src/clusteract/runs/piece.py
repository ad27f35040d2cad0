"""Piece: one task for a worker, with the key that its result is kept under."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Piece:
    """One task for a worker: `function(*args)`, and the key that its result is kept under.

    An empty key keeps nothing.
    """

    key: str
    kind: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    covers: int
