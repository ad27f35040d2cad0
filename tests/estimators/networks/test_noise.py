import numpy as np
import pytest

from clusteract.estimators.networks import compiled, noise


def kept(keys, thresholds, rows, units):
    """Masks (n, rows, units) as the module describes them, by the compiled loop."""
    outputs = np.ones((len(keys), rows * units), np.float32)
    counters = noise.counters((rows * units + 1) // 2)
    each = zip(outputs, keys, thresholds, noise.scales(thresholds), strict=True)
    for row, key, threshold, scale in each:
        compiled.drop(row, counters, key, threshold, scale)
    return (outputs > 0).reshape(len(keys), rows, units)


def masks(n_steps, rate, rows=20, units=30, seed=5):
    steps = np.arange(n_steps, dtype=np.uint32)
    keys = noise.keys(np.full(n_steps, seed, np.uint32), steps, 0)
    return kept(keys, noise.thresholds(np.full(n_steps, rate)), rows, units)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.4, 0.9])
def test_every_unit_is_dropped_as_often_as_asked(rate):
    dropped = 1 - masks(4000, rate).mean(axis=0)  # (rows, units), binomial
    spread = np.sqrt(rate * (1 - rate) / 4000)
    assert np.abs(dropped - rate).max() < 5 * spread
    assert dropped.mean() == pytest.approx(rate, abs=5 * spread / np.sqrt(dropped.size))


def test_units_and_steps_are_uncorrelated():
    mask = masks(4000, 0.5).reshape(4000, -1).astype(float)
    r = np.corrcoef(mask[:, :60], rowvar=False)[np.triu_indices(60, 1)]
    assert np.abs(r).max() < 5 / np.sqrt(4000)
    follow = np.corrcoef(mask[:-1, 0], mask[1:, 0])[0, 1]
    assert abs(follow) < 5 / np.sqrt(4000)


def test_expected_output_is_unchanged():
    threshold = noise.thresholds(np.array([0.3]))
    kept_share = 1 - threshold[0] / noise.LEVELS
    assert float(noise.scales(threshold)[0]) * kept_share == pytest.approx(1.0, rel=1e-6)


def test_layers_and_seeds_have_masks_of_their_own():
    seeds, steps = np.array([1, 2], np.uint32), np.zeros(2, np.uint32)
    all_keys = np.concatenate([noise.keys(seeds, steps, layer) for layer in range(3)])
    assert len(np.unique(all_keys)) == 6


def test_rate_zero_keeps_everything():
    assert masks(3, 0.0).all()


@pytest.mark.parametrize(("rows", "units"), [(4, 6), (3, 5)])
def test_compiled_loop_drops_what_the_words_say(rows, units):
    keys = noise.keys(np.array([1, 2], np.uint32), np.array([7, 8], np.uint32), 0)
    limits = noise.thresholds(np.array([0.3, 0.6]))
    words = noise.mix_again(noise.counters((rows * units + 1) // 2) ^ keys[:, None])
    halves = np.stack([words & 0xFFFF, words >> 16], axis=-1).reshape(2, -1)[:, : rows * units]
    expected = (halves >= limits[:, None]).reshape(2, rows, units)
    np.testing.assert_array_equal(kept(keys, limits, rows, units), expected)


def test_compiled_keys_are_those_of_the_whole_batch():
    seeds, steps = np.array([7, 2**32 - 1], np.uint32), np.array([0, 3_000_000_000], np.uint32)
    for layer in range(3):
        each = [compiled.dropout_key(seeds[i], int(steps[i]), layer) for i in range(2)]
        np.testing.assert_array_equal(each, noise.keys(seeds, steps, layer))
