"""Records as plain values and back: what JSON can carry, and the dataclasses that it came from."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import numpy as np

Record = TypeVar("Record")


def to_record(value: Any) -> Any:
    """Return a dataclass, whatever it holds, as plain values; arrays become lists.

    Examples
    --------
    >>> import numpy as np
    >>> to_record({"scores": np.array([0.5, 0.25]), 0.9: (1, 2)})
    {'scores': [0.5, 0.25], '0.9': (1, 2)}
    """
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_plain)


def from_record(record: Any, kind: type[Record]) -> Record:
    """Rebuild a dataclass from `to_record`, through JSON or not; floats return bit for bit.

    Raises
    ------
    msgspec.ValidationError
        Where the record is no such thing.
    """
    return msgspec.convert(record, kind, strict=False, str_keys=True, dec_hook=_rebuilt)


def _plain(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise NotImplementedError(f"no plain form of {type(value).__name__}")


def _rebuilt(kind: type, value: Any) -> Any:
    if kind is np.ndarray:
        return np.array(value)
    raise NotImplementedError(f"no way back to {kind.__name__}")
