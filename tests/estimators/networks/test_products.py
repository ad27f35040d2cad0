import numpy as np
import pytest

from clusteract.estimators.networks.products import product, product_of_transposed

# Vectors hold 4 or 8 numbers: no tile, overlapping ones, whole ones, several of both widths, BLAS.
SIZES = [1, 2, 3, 4, 5, 8, 9, 11, 12, 13, 16, 23, 24, 25, 37, 48, 50, 300]


def factors(rows, depth, columns, dtype):
    random = np.random.default_rng([rows, depth, columns])
    a, b = random.normal(size=(rows, depth)), random.normal(size=(depth, columns))
    return a.astype(dtype), b.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_of_all_sizes_are_numpys(dtype):
    tolerance = {"rtol": 0, "atol": 2e-4 if dtype == np.float32 else 1e-12}
    for rows in SIZES:
        for depth in (1, 7, 300):
            for columns in SIZES:
                a, b = factors(rows, depth, columns, dtype)
                out, memory = np.empty((rows, columns), dtype), np.empty(b.size, dtype)
                product(a, b, out, False)
                np.testing.assert_allclose(out, a @ b, **tolerance)
                product(np.ascontiguousarray(a.T), b, out, True)
                np.testing.assert_allclose(out, a @ b, **tolerance)
                product_of_transposed(a, np.ascontiguousarray(b.T), out, memory)
                np.testing.assert_allclose(out, a @ b, **tolerance)


def test_a_product_does_not_depend_on_where_its_factors_lie():
    a, b = factors(29, 30, 27, np.float64)
    expected, out = np.empty((29, 27)), np.empty((29, 27))
    product(a, b, expected, False)
    for shift in range(1, 4):
        elsewhere = np.empty(b.size + shift)[shift:].reshape(b.shape)
        elsewhere[:] = b
        product(a, elsewhere, out, False)
        np.testing.assert_array_equal(out, expected)
