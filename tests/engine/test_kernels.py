"""The error function to the last digits, maps and their transposes, ties, masks, buffers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels import buffers, convolution, pointwise, rows, windows
from engine.kernels.pointwise import SMALL, keep

GRID = np.concatenate([np.linspace(-7, 7, 20_001), np.geomspace(1e-300, 7, 5_001)])


def test_erf_is_that_of_the_standard_library():
    exact = np.array([math.erf(x) for x in GRID])
    np.testing.assert_allclose(pointwise.erf(GRID), exact, rtol=8e-16, atol=0)


def test_erf_at_the_ends_of_the_line():
    y = pointwise.erf(np.array([np.inf, -np.inf, 1e308, -0.0, np.nan]))
    np.testing.assert_array_equal(y, [1, -1, 1, 0, np.nan])
    assert np.signbit(y[3])


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softplus", "hard_tanh", "huber", "erf"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (4, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shape_and_precision_stay_and_the_input_may_be_overwritten(name, shape, dtype):
    f, x = getattr(pointwise, name), np.random.default_rng(0).normal(0, 2, shape).astype(dtype)
    y = f(x)
    assert (y.shape, y.dtype) == (shape, dtype)
    if shape:
        assert f(x, out=x) is x
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 5, 7)])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
@pytest.mark.parametrize(("make", "number"), [(buffers.zeros, 0), (buffers.ones, 1)])
def test_buffers_begin_at_a_cache_line_and_are_filled(shape, dtype, make, number):
    x = make(shape, dtype)
    assert (x.shape, x.dtype.name) == (shape, dtype)
    assert (x == number).all()
    assert not x.size or x.ctypes.data % 64 == 0
    assert x.flags.c_contiguous
    assert x.flags.writeable


def test_the_slope_of_relu_is_masked_at_any_size():
    rng = np.random.default_rng(0)
    for n in (0, 1, SMALL - 1, SMALL, SMALL + 1):
        for dtype in (np.float64, np.float32):
            g, y = rng.standard_normal((2, n)).astype(dtype)
            y = np.maximum(y, 0)
            wanted = np.where(y > 0, g, 0)
            z, mask = pointwise.relu_grad(g, y), np.empty(n, bool)
            assert z.dtype == dtype
            np.testing.assert_array_equal(z, wanted)
            bits = np.empty(n, f"i{z.itemsize}")
            for out in (g.copy(), y.copy(), np.full(n, np.nan, dtype)):
                given = [out if np.array_equal(out, a) else a for a in (g, y)]
                assert pointwise.relu_grad(*given, out=out, mask=mask, int_mask=bits) is out
                np.testing.assert_array_equal(out, wanted)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_keep_keeps_every_bit_and_nothing_else(dtype):
    x = np.array([1.5, -0.0, np.inf, np.nan, -np.inf, 5e-324], dtype)
    every, none = np.ones(6, bool), np.zeros(6, bool)
    assert keep(every, x).tobytes() == x.tobytes()
    assert keep(none, x).tobytes() == bytes(x.nbytes)
    np.testing.assert_array_equal(keep(~np.isfinite(x), x)[:3], [0, 0, np.inf])
    lying = np.array([x, x]).T  # columns, and a part of something
    assert keep(np.ones((6, 2), bool), lying).tobytes() == lying.tobytes()


def inner(a, b):
    return pytest.approx(float(np.vdot(a, b)), rel=1e-12, abs=1e-12)


def lying(x, how):
    """The same numbers, turned over in memory or apart from one another."""
    if how == "turned":
        return np.ascontiguousarray(x.T).T
    if how == "apart":
        wide = np.full((*x.shape[:-1], 2 * x.shape[-1]), np.nan)
        wide[..., ::2] = x
        return wide[..., ::2]
    return x


LIES = st.sampled_from(["together", "turned", "apart"])
SEEDS = st.integers(0, 999)
quick = settings(max_examples=80, derandomize=True, deadline=None, database=None)


@quick
@given(data=st.data(), seed=SEEDS, lies=LIES)
def test_fold_is_the_transpose_of_unfold(data, seed, lies):
    rng, axes = np.random.default_rng(seed), data.draw(st.integers(1, 2))
    sizes = st.lists(st.integers(1, 3), min_size=axes, max_size=axes).map(tuple)
    how = {name: data.draw(sizes) for name in ("kernel", "stride", "dilation")}
    sides = [
        d * (k - 1) + more
        for d, k, more in zip(how["dilation"], how["kernel"], data.draw(sizes), strict=True)
    ]
    x = lying(rng.standard_normal((2, *sides)), lies)
    seen = windows.unfold(x, **how)
    assert seen.shape[1 : axes + 1] == windows.window_counts(x.shape, *how.values())
    for at in np.ndindex(seen.shape[1:]):
        steps = zip(at, at[axes:], how["stride"], how["dilation"], strict=False)
        place = tuple(i * s + u * d for i, u, s, d in steps)
        np.testing.assert_array_equal(seen[(slice(None), *at)], x[(slice(None), *place)])
    g = lying(rng.standard_normal(seen.shape), lies)
    folded = windows.fold(g, shape=x.shape, **how)
    assert inner(seen, g) == float(np.vdot(x, folded))
    out = lying(np.full(x.shape, np.nan), lies)
    assert windows.fold(g, shape=x.shape, out=out, **how) is out
    np.testing.assert_array_equal(out, folded)


@quick
@given(data=st.data(), seed=SEEDS, lies=LIES)
def test_the_three_maps_of_a_convolution_are_each_others_transposes(data, seed, lies):
    rng = np.random.default_rng(seed)
    F, k, C, M, stride, dilation, more = (data.draw(st.integers(1, 4)) for _ in range(7))
    height = dilation * (k - 1) + more
    rows = (more - 1) // stride + 1
    how = {"stride": stride, "dilation": dilation}
    x, w, g = (lying(rng.standard_normal(shape), lies)
               for shape in [(height, C, M), (F, k, C), (rows, F, M)])  # fmt: skip
    y = np.stack([
        np.einsum("fuc,ucm->fm", w, x[i * stride : i * stride + dilation * (k - 1) + 1 : dilation])
        for i in range(rows)
    ])  # fmt: skip
    np.testing.assert_allclose(convolution.conv1d(x, w, **how), y, rtol=1e-12, atol=1e-12)
    to_x = convolution.conv1d_input_grad(g, w, height=height, **how)
    to_w = convolution.conv1d_weight_grad(x, g, kernel=k, **how)
    assert inner(y, g) == float(np.vdot(x, to_x))
    assert inner(y, g) == float(np.vdot(w, to_w))
    for f, arguments, more_how, wanted in (
        (convolution.conv1d, (x, w), {}, y),
        (convolution.conv1d_input_grad, (g, w), {"height": height}, to_x),
        (convolution.conv1d_weight_grad, (x, g), {"kernel": k}, to_w),
    ):
        out = lying(np.full(wanted.shape, np.nan), lies)
        assert f(*arguments, **how, **more_how, out=out) is out
        np.testing.assert_allclose(out, wanted, rtol=1e-12, atol=1e-12)


def test_a_long_product_is_cut_into_pieces_that_give_the_same():
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((9, 16, 300)), rng.standard_normal((7, 16, 300))
    wanted = np.stack([np.einsum("ifm,icm->fc", g, x[u : u + 7]) for u in range(3)], 1)
    assert wanted.size * 300 > convolution.LARGE
    got = convolution.conv1d_weight_grad(x, g, kernel=3, stride=1, dilation=1)
    np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-11)


@quick
@given(data=st.data(), seed=SEEDS, lies=LIES)
def test_a_pool_of_maxima_sends_back_to_the_first_and_picks_what_stands_there(data, seed, lies):
    rng, axes = np.random.default_rng(seed), data.draw(st.integers(1, 2))
    sizes = st.lists(st.integers(1, 3), min_size=axes, max_size=axes).map(tuple)
    kernel, stride, more = (data.draw(sizes) for _ in range(3))
    shape = (2, *(k + m - 1 for k, m in zip(kernel, more, strict=True)))
    x = lying(rng.integers(0, 3, shape).astype(float), lies)  # full of ties
    how = {"kernel": kernel, "stride": stride}
    y = windows.max_pool(x, **how)
    each = windows.unfold(x, **how, dilation=(1,) * axes).reshape(*y.shape, -1)
    np.testing.assert_array_equal(y, each.max(-1))
    v = lying(rng.standard_normal(shape), lies)
    first = each.argmax(-1)[..., None]
    seen = windows.unfold(v, **how, dilation=(1,) * axes).reshape(each.shape)
    picked = np.take_along_axis(seen, first, -1)[..., 0]
    np.testing.assert_array_equal(windows.max_pool_gather(v, x, y, **how), picked)
    g = lying(rng.standard_normal(y.shape), lies)
    sent = windows.max_unpool(g, x, y, **how)
    assert inner(picked, g) == float(np.vdot(v, sent))
    assert windows.max_unpool(g, x, y, out=x, **how) is x  # it may overwrite what it looks at
    np.testing.assert_array_equal(x, sent)


@pytest.mark.parametrize("name", ["unfold", "max_pool"])
def test_a_window_larger_than_its_array_is_refused(name):
    how = {"dilation": (1,)} if name == "unfold" else {}
    with pytest.raises(ValueError, match=r"window of \(3,\) does not fit into \(2,\)"):
        getattr(windows, name)(np.ones(2), kernel=(3,), stride=(1,), **how)


@pytest.mark.parametrize("lies", ["together", "turned", "apart"])
@pytest.mark.parametrize("tail", [(), (3,), (3, 2)])
def test_scatter_is_the_transpose_of_take_wherever_it_writes(lies, tail):
    rng = np.random.default_rng(0)
    ids, table = rng.integers(0, 4, (2, 5)).astype(float), rng.standard_normal((4, *tail))
    g = lying(rng.standard_normal((2, 5, *tail)), lies)
    sums = rows.scatter_add(g, ids, table.shape)
    assert inner(rows.gather(table, ids), g) == float(np.vdot(table, sums))
    out = lying(np.full(table.shape, np.nan), lies)
    assert rows.scatter_add(g, ids, table.shape, out=out) is out
    np.testing.assert_allclose(out, sums, rtol=1e-14)
