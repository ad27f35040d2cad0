"""Numbers as a reader wants them: a real minus sign, fixed decimals, a word for undefined."""

from __future__ import annotations

import math


def number(value: float | None, decimals: int = 2) -> str:
    """Write a number, or "undefined" where there is none.

    Examples
    --------
    >>> number(-0.5), number(None), number(12345.678), number(1.23456, 3), number(-0.001)
    ('−0.50', 'undefined', '1.23e+04', '1.235', '0.00')
    """
    if value is None or math.isnan(value):
        return "undefined"
    text = f"{value:z.{decimals}f}" if abs(value) < 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def mean_width(width: float | None) -> str:
    """Say how wide intervals are in the mean; with few training clusters they have no ends.

    Examples
    --------
    >>> mean_width(2.5), mean_width(math.inf), mean_width(None)
    ('mean width 2.50', 'some without bounds', 'some without bounds')
    """
    if width is None or not math.isfinite(width):
        return "some without bounds"
    return f"mean width {number(width)}"


def with_spread(mean: float | None, std: float | None, decimals: int = 2) -> str:
    """Write mean ± standard deviation, or the mean alone where there is no spread.

    Examples
    --------
    >>> with_spread(0.7031, 0.1512), with_spread(0.7, None), with_spread(None, None)
    ('0.70 ± 0.15', '0.70', 'undefined')
    """
    if mean is None or math.isnan(mean) or std is None or math.isnan(std):
        return number(mean, decimals)
    return f"{number(mean, decimals)} ± {number(std, decimals)}"


def listing(words: list[str], last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listing(["a"]), listing(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def count(n: int, noun: str) -> str:
    """Write a count with its noun in the right form.

    Examples
    --------
    >>> count(1, "fold"), count(1600, "cluster")
    ('1 fold', '1,600 clusters')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
