"""Products of small matrices, compiled: sooner than by BLAS, which is made for large ones.

BLAS copies both factors into its own order before it multiplies. Factors this small lie in the
processor's cache as they are, so a tile of the product is summed up in registers straight from
them. The tile is written in LLVM's vectors because no loop of Numba's stays in registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from clusteract.estimators.networks.kernels import compiled

_BYTES = 32  # of a vector: AVX2's; where there is less, LLVM takes two
_ROWS = 4  # of a tile; by 3 vectors, they fill 16 registers: 12 sums, 3 of b, 1 of a
_MOST_BYTES = 1 << 18  # of a matrix; BLAS multiplies larger ones
_BLOCK = 8  # rows that are transposed together


def _tile(vectors: int) -> Callable[..., None]:
    """Make what computes one tile, ``c[i:i+4, j:j+n] = a[i:i+4] @ b[:, j:j+n]``."""

    @intrinsic
    def tile(typing: Any, a: Any, b: Any, c: Any, i: Any, j: Any, turned: Any) -> tuple[Any, Any]:
        return types.void(a, b, c, types.intp, types.intp, types.boolean), generate

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        i, j, turned = arguments[3:]
        element = context.get_data_type(signature.args[2].dtype)
        size = context.get_abi_sizeof(element)
        vector = ir.VectorType(element, _BYTES // size)
        a, b, c = (
            _Matrix(context, builder, kind, value)
            for kind, value in zip(signature.args, arguments[:3], strict=False)
        )
        a.turn(turned)
        rows = [builder.add(i, i.type(r)) for r in range(_ROWS)]
        columns = [builder.add(j, j.type(v * vector.count)) for v in range(vectors)]
        add = _multiply_add(builder, vector, size)
        zero = ir.Constant(vector, [0.0] * vector.count)
        sums = [[cgutils.alloca_once_value(builder, zero) for _ in columns] for _ in rows]
        with cgutils.for_range(builder, b.shape[0]) as loop:
            of_b = [b.load(loop.index, column, vector) for column in columns]
            for r, row in enumerate(rows):
                of_a = _spread(builder, a.load(row, loop.index, element), vector)
                for total, right in zip(sums[r], of_b, strict=True):
                    so_far = builder.load(total, typ=vector)
                    builder.store(builder.call(add, [of_a, right, so_far]), total)
        for r, row in enumerate(rows):
            for total, column in zip(sums[r], columns, strict=True):
                c.store(row, column, builder.load(total, typ=vector))
        return context.get_dummy_value()

    return tile


class _Matrix:
    """A two-dimensional array inside code that is being generated."""

    def __init__(self, context: Any, builder: Any, kind: Any, value: Any) -> None:
        array = context.make_array(kind)(context, builder, value)
        self.builder = builder
        self.size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
        self.start = builder.bitcast(array.data, ir.IntType(8).as_pointer())
        self.strides = cgutils.unpack_tuple(builder, array.strides, 2)
        self.shape = cgutils.unpack_tuple(builder, array.shape, 2)

    def turn(self, wanted: Any) -> None:
        """Take rows for columns where that is ``wanted``."""
        row, column = self.strides
        select = self.builder.select
        self.strides = [select(wanted, column, row), select(wanted, row, column)]

    def load(self, row: Any, column: Any, kind: Any) -> Any:
        return self.builder.load(self._at(row, column, kind), align=self.size, typ=kind)

    def store(self, row: Any, column: Any, value: Any) -> None:
        self.builder.store(value, self._at(row, column, value.type), align=self.size)

    def _at(self, row: Any, column: Any, kind: Any) -> Any:
        builder = self.builder
        steps = [builder.mul(n, s) for n, s in zip((row, column), self.strides, strict=True)]
        place = builder.gep(self.start, [builder.add(*steps)], source_etype=ir.IntType(8))
        return builder.bitcast(place, kind.as_pointer())


def _multiply_add(builder: Any, vector: Any, size: int) -> Any:
    """LLVM's ``a * b + c``: one instruction where the processor has it."""
    name = f"llvm.fmuladd.v{vector.count}f{8 * size}"
    kind = ir.FunctionType(vector, [vector] * 3)
    return cgutils.get_or_insert_function(builder.module, kind, name)


def _spread(builder: Any, scalar: Any, vector: Any) -> Any:
    """Fill a vector with a scalar."""
    lane, nothing = ir.IntType(32), ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(nothing, scalar, lane(0))
    return builder.shuffle_vector(
        one, nothing, ir.Constant(ir.VectorType(lane, vector.count), None)
    )


_tile_2, _tile_3 = _tile(2), _tile(3)


@compiled
def product(a, b, c, turned):
    """Write ``a @ b``, or ``a.T @ b`` if ``turned``, into ``c``; all lie row after row."""
    width = _BYTES // c.itemsize
    rows, columns = c.shape
    if rows < _ROWS or columns < 2 * width or max(b.size, c.size) * c.itemsize > _MOST_BYTES:
        if turned:
            np.dot(a.T, b, c)
        else:
            np.dot(a, b, c)
        return
    vectors = (columns + width - 1) // width  # = 3 threes + 2 twos
    twos = vectors - 1 if columns < 3 * width else (-vectors) % 3
    j = 0
    while j < columns:
        wide = columns - j > 2 * width * twos
        left = min(j, columns - (3 if wide else 2) * width)  # the last tiles overlap
        for i in range(0, rows, _ROWS):
            top = min(i, rows - _ROWS)
            if wide:
                _tile_3(a, b, c, top, left, turned)
            else:
                _tile_2(a, b, c, top, left, turned)
        j += (3 if wide else 2) * width


@compiled
def product_of_transposed(a, b, c, memory):
    """Write ``a @ b.T`` into ``c``; ``memory`` is for the transposed ``b``."""
    if b.size * c.itemsize > _MOST_BYTES:
        np.dot(a, b.T, c)
        return
    rows, columns = b.shape
    transposed = memory[: b.size].reshape(columns, rows)
    for first in range(0, rows, _BLOCK):
        for j in range(columns):
            for i in range(first, min(first + _BLOCK, rows)):
                transposed[j, i] = b[i, j]
    product(a, transposed, c, False)
