"""The claims of the lesson on convolution, each with an attempt to refute it."""

from itertools import product

import numpy as np
import pytest

from engine.tensor import Tensor
from lessons.kit.run import Run
from lessons.vision.convolution._images import KERNELS, convolved, picture
from lessons.vision.convolution._learned import TRAINED, plain_loss
from lessons.vision.convolution._waves import slow_waves
from lessons.vision.convolution.lab import (
    Learned,
    Line,
    Pooling,
    Shift,
    Waves,
    Window,
    checks,
    side_up,
)
from tests.lessons.claims import says

PATH = "vision/convolution"
IMAGES = ("digit", "house", "cell", "dot")


def lab_of(experiment, steps=0, seed=0, **values):
    run = Run(experiment, seed, values)
    run.advance(steps)
    return run.lab


def slow(x, k, s, p, d, margin):
    """Window by window, pixel by pixel."""
    n, reach = len(x), d * (len(k) - 1)
    stops = [i for i in range(-p, n + p) if i + reach < n + p][::s]
    y = np.zeros((len(stops), len(stops)))
    for (i, top), (j, left) in ((a, b) for a in enumerate(stops) for b in enumerate(stops)):
        for (u, v), weight in np.ndenumerate(k):
            r, c = top + u * d, left + v * d
            if margin == "reflect":
                r, c = (n - 1 - abs(n - 1 - abs(at)) for at in (r, c))
            if margin != "zeros" or (0 <= r < n and 0 <= c < n):
                y[i, j] += weight * x[r % n, c % n]
    return y


def settings():
    return [(s, p, d, margin) for s in (1, 2, 3, 4) for p in (0, 1, 2, 4) for d in (1, 2, 3, 4)
            for margin in ("zeros", "circular", "reflect")]  # fmt: skip


@pytest.mark.parametrize("image", IMAGES)
def test_side_and_outputs_at_every_setting(image):
    says(PATH, "a kernel of side k then reaches over d(k − 1) + 1 pixels")
    x, k = picture(image, 5), np.array(KERNELS["counting"], float)
    for s, p, d, margin in settings()[:: 1 if image == "digit" else 7]:
        lab = lab_of(Window, image=image, which=5, kernel="counting", stride=s, padding=p,
                     dilation=d, margin=margin)  # fmt: skip
        wanted = slow(x, k, s, p, d, margin)
        assert lab.y.size == wanted.size
        if wanted.size:
            assert lab.y == pytest.approx(wanted, abs=1e-12)
            assert lab.side == len(wanted)
        assert all(oracle.ok for oracle in lab.oracles()), (s, p, d, margin)


def test_right_minus_left_and_its_sign():
    says(PATH, "the output is positive where the right is larger, negative where the left is")
    lab = lab_of(Window)
    weights = np.array([1, 2, 1])
    for (i, j), y in np.ndenumerate(lab.y):
        right, left = (weights @ lab.x[i : i + 3, c] for c in (j + 2, j))
        assert y == right - left


def test_even_areas_stay_or_vanish():
    says(PATH, "If its numbers add up to 1 (*identity*, *blur*, *sharpen*), an even area stays")
    says(PATH, "If they add up to 0 (*edges*, both *Sobel*), it becomes 0")
    even = np.full((5, 5), 7.0)
    for name, sum_ in (("identity", 1), ("blur", 1), ("sharpen", 1), ("edges", 0),
                       ("Sobel x", 0), ("Sobel y", 0)):  # fmt: skip
        assert (convolved(even, np.array(KERNELS[name], float)) == 7 * sum_).all(), name


def test_of_all_presets_only_one_hides_the_horizon_and_keeps_the_walls():
    scene = {"image": "house", "cell": "8, 1"}
    found = [name for name in KERNELS if checks["walls"].reached(lab_of(
        Window, **scene, kernel=name))]  # fmt: skip
    assert found == ["Sobel x"]
    assert checks["walls"].reached(lab_of(Window, **scene, kernel="0 0 0; -1 0 1; 0 0 0"))
    assert not checks["walls"].reached(lab_of(Window, **scene, kernel="0 0 0; 0 0 0; 0 0 0"))


def test_how_the_sizes_break():
    says(PATH, "With p = 1, k = 3, s = d = 1 the output is as large as the image.")
    assert lab_of(Window, padding=1).y.shape == (8, 8)
    says(PATH, "No padding, dilation 4: no window fits.")
    assert not lab_of(Window, dilation=4).y.size
    says(PATH, "Stride 4, or stride 2 with dilation 2: no output sees some of the pixels.")
    for values in ({"stride": 4}, {"stride": 2, "dilation": 2}):
        assert lab_of(Window, padding=1, **values).blind > 0


@pytest.mark.parametrize("image", ["digit", "house"])
def test_blind_pixels_are_those_whose_change_changes_nothing(image):
    k = np.array(KERNELS["counting"], float)
    for s, p, d, margin in settings()[:: 1 if image == "digit" else 5]:
        lab = lab_of(Window, image=image, stride=s, padding=p, dilation=d, margin=margin)
        if not lab.y.size:
            assert lab.blind == 0
            continue
        n = len(lab.x)
        dots = np.eye(n * n).reshape(n * n, n, n)
        blind = sum(not convolved(dot, k, s, p, d, margin).any() for dot in dots)
        assert lab.blind == blind, (s, p, d, margin)
        assert any(f.detect(lab) for f in Window.failures) == (blind > 0)


@pytest.mark.parametrize(
    ("s", "p", "d", "blind"),
    [(1, 0, 1, 0), (2, 0, 1, 64 - 7**2), (3, 0, 1, 64 - 6**2), (2, 3, 3, 0), (2, 4, 3, 0)],
)
def test_the_last_columns_count_and_those_of_the_margin_do_not(s, p, d, blind):
    run = Run(Window, 0, {"stride": s, "padding": p, "dilation": d})
    assert run.lab.blind == blind
    assert (run.failure and run.failure.name) == ("Blind pixels" if blind else None)


def test_the_formula_of_the_page_gives_the_output_that_the_title_names():
    says(PATH, "With rows u and columns v of the kernel $k$, all counted from 1:")
    says(PATH, r"$$ y_{ij} = \sum_{u,v} k_{uv} \, x_{i+u-1, \, j+v-1} $$")
    i, j = 4, 3
    lab = lab_of(Window, cell=f"{i}, {j}", kernel="counting")
    x, k = ({(r + 1, c + 1): v for (r, c), v in np.ndenumerate(a)} for a in (lab.x, lab.kernel))
    y = sum(k[u, v] * x[i + u - 1, j + v - 1] for u in (1, 2, 3) for v in (1, 2, 3))
    assert lab.heading == f"Output 4, 3 is {y:g}"


def test_the_dot_stamps_the_kernel_turned_and_flip_turns_it_back():
    scene = {"image": "dot", "kernel": "counting"}
    assert checks["head"].outcome(lab_of(Waves, **scene)) == 1
    assert checks["head"].outcome(lab_of(Waves, **scene, flip=True)) == 0
    says(PATH, "Then x and k can change places.")
    x, k = picture("digit", 3)[0], np.array([1.0, 2.0, 3.0])
    assert np.convolve(x, k).tolist() == np.convolve(k, x).tolist()
    assert np.correlate(x, k, "full").tolist() != np.correlate(k, x, "full").tolist()


@pytest.mark.parametrize("image", IMAGES)
def test_the_way_through_the_waves_comes_out_where_the_windows_do(image):
    says(
        PATH, "a convolution just gives each wave a factor, the size of the kernel’s transform, and"
    )
    for kernel, flip, cut in product(KERNELS, (False, True), (0, 1, 6)):
        lab = lab_of(Waves, image=image, kernel=kernel, flip=flip, cut=cut)
        k = lab.kernel[::-1, ::-1] if flip else lab.kernel
        assert lab.y == pytest.approx(slow(lab.kept, k, 1, 1, 1, "circular"), abs=1e-9)
        assert all(oracle.ok for oracle in lab.oracles()), (kernel, flip, cut)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_wave_is_stretched_by_the_size_of_the_transform_and_shifted_by_its_angle(kernel):
    says(PATH, "the size of the kernel’s transform, and shifts it by its angle.")
    for flip, f, g in product((False, True), range(4), range(4)):
        lab = lab_of(Waves, kernel=kernel, flip=flip)
        places = np.arange(8)
        angle = 2 * np.pi * (f * places[:, None] + g * places) / 8
        # At offsets −1, 0, 1 the window meets waves that are ahead by so much: by hand.
        k = lab.kernel[::-1, ::-1] if flip else lab.kernel
        ahead = 2 * np.pi * (f * np.arange(-1, 2)[:, None] + g * np.arange(-1, 2)) / 8
        across, up = (k * np.cos(ahead)).sum(), (k * np.sin(ahead)).sum()
        factor, shift = np.hypot(across, up), np.arctan2(up, across)
        assert abs(lab.K[f, g]) == pytest.approx(factor, abs=1e-12)
        made = lab.convolve(np.cos(angle))
        np.testing.assert_allclose(made, factor * np.cos(angle + shift), atol=1e-12)
        np.testing.assert_allclose(abs(lab.K[f, g]) * np.cos(angle + np.angle(lab.K[f, g])), made,
                                   atol=1e-12)  # fmt: skip


def test_a_picture_is_a_sum_of_waves():
    says(PATH, "A row of pixels is a sum of *waves*: a constant, a wave of one crest, one of two")
    for image in IMAGES:
        lab = lab_of(Waves, image=image, cut=6)
        pixels, total = lab.row().series
        assert total.y[::12] == pytest.approx(pixels.y, abs=1e-9)
        assert lab.kept == pytest.approx(lab.x, abs=1e-9)
        assert lab_of(Waves, image=image, cut=0).kept == pytest.approx(lab.x.mean())


def test_of_one_wave_only_its_own_frequency_is_strong():
    """A wave of f crests, made by hand, is untouched from f on and gone below."""
    for n, f in ((8, 1), (8, 3), (12, 2), (12, 5)):
        wave = np.cos(2 * np.pi * f * np.arange(n) / n)
        at = np.arange(0, n, 0.25)
        between = np.cos(2 * np.pi * f * at / n)
        assert slow_waves(n, f, at) @ wave == pytest.approx(between, abs=1e-12)
        assert slow_waves(n, f - 1, at) @ wave == pytest.approx(0 * at, abs=1e-12)
        is_crest = (wave > np.roll(wave, 1)) & (wave >= np.roll(wave, -1) - 1e-12)
        assert is_crest.sum() == f


def test_slow_waves_make_areas_and_fast_ones_edges():
    says(PATH, "slow waves make areas, fast ones edges")
    slow_waves = lab_of(Waves, image="house", cut=2).kept
    whole = lab_of(Waves, image="house").x
    steps = [abs(np.diff(a, axis=1)).max() for a in (slow_waves, whole)]
    assert steps[0] < 0.6 * steps[1]  # the edges are blunt
    rest = abs(whole - slow_waves)
    edge = (abs(whole - np.roll(whole, 1, 1)) + abs(whole - np.roll(whole, -1, 1))) > 3
    assert rest[edge].mean() > 1.5 * rest[~edge].mean()


def test_a_matrix_of_three_weights():
    says(PATH, "A full matrix has 64 weights, T has three")
    T = lab_of(Line, kernel="1 2 3").T
    assert T.size == 64
    assert set(T.ravel()) == {0, 1, 2, 3}
    says(PATH, "A matrix that is the same along each diagonal is called *Toeplitz*.")
    assert (T[1:, 1:] == T[:-1, :-1]).all()


@pytest.mark.parametrize("kernel", Line.knobs["kernel"].presets)
def test_a_line_at_every_setting(kernel):
    for s, p, margin in ((s, p, m) for s in (1, 2, 3) for p in (0, 1, 2) for m in
                         ("zeros", "circular")):  # fmt: skip
        lab = lab_of(Line, kernel=kernel, stride=s, padding=p, margin=margin, row=3)
        assert lab.T @ lab.x == pytest.approx(lab.y, abs=1e-12)
        assert all(oracle.ok for oracle in lab.oracles()), (s, p, margin)


def test_what_kernels_keep():
    says(PATH, "*blur* keeps slow waves, *edges* fast ones")
    theta = 2 * np.pi * np.arange(7) / 12
    for kernel, wanted in (("blur", (1 + np.cos(theta)) / 2), ("edges", 2 - 2 * np.cos(theta)),
                           ("Sobel x", 8 * np.sin(theta)), ("identity", np.ones(7))):  # fmt: skip
        lab = lab_of(Waves, image="house", kernel=kernel)
        assert lab.factors[1].tolist() == pytest.approx(wanted.tolist(), abs=1e-12)  # by hand
        center = abs(np.fft.fftshift(lab.K))[6, 6]
        assert center == pytest.approx(wanted[0], abs=1e-12)


def test_a_transposed_convolution_usually_makes_more():
    says(PATH, "It makes $(n-1)s - 2p + k$ numbers of n: usually more, if s > 1.")
    made = {(n, k, p, s): side_up({"n": n, "k": k, "p": p, "s": s}) - n
            for n in (2, 8, 16) for k in (3, 5) for p in (0, 1, 2) for s in (2, 3)
            if (n - 1) * s - 2 * p + k > 0}  # fmt: skip
    assert all(more == (n - 1) * s - 2 * p + k - n for (n, k, p, s), more in made.items())
    assert made[2, 3, 2, 2] == 1 - 2
    assert np.mean([more > 0 for more in made.values()]) > 0.9


def test_the_way_back_paints_windows_with_the_kernel_on_its_head():
    says(PATH, "where 1 2 3 stands on its head")
    says(PATH, "those of half the sum of $y^2$, which in y are y itself")
    for padding, stride in ((0, 1), (1, 1), (2, 3)):
        lab = lab_of(Line, kernel="1 2 3", padding=padding, stride=stride)
        painted = np.zeros(8 + 2 * padding)
        for i, y in enumerate(lab.y):
            painted[i * stride : i * stride + 3] += y * np.array([1, 2, 3])
        assert lab.slopes == pytest.approx(painted[padding : padding + 8])
    middle_row = lab_of(Line, kernel="1 2 3").T.T[4]
    assert middle_row[3:6].tolist() == [3, 2, 1]


@pytest.mark.parametrize("image", IMAGES)
def test_on_a_ring_shifts_and_convolutions_change_places_exactly(image):
    says(PATH, "this is exact: the house is shifted by 3, and the difference is 0 everywhere")
    for kernel in KERNELS:
        for across, down in ((1, 0), (3, 0), (7, 5)):
            lab = lab_of(Shift, image=image, kernel=kernel, across=across, down=down)
            assert lab.gap == 0, (kernel, across, down)


def test_zeros_and_strides_break_it():
    says(PATH, "the zeros outside make edges at the border that stay where they are")
    lab = lab_of(Shift, image="house", margin="zeros")
    one, other = lab.ways
    assert lab.gap > 8
    seam = {0, 3 - 1, 3, 11}  # columns at the border, before and after the shift
    assert {*np.flatnonzero(abs(one - other).max(axis=0)).tolist()} <= seam
    assert (one[1:-1, 0] > 0).any()
    says(PATH, "after many shifts the window stops at other pixels")
    agrees = [a for a in range(1, 8) if checks["stride"].reached(
        lab_of(Shift, image="house", stride=2, across=a))]  # fmt: skip
    assert agrees == [2, 4, 6]


def test_where_slopes_go_by_differences():
    says(PATH, "Through a *maximum* the largest pixel gets all of it (of equal ones, the first)")
    for pool, size in (("max", 2), ("max", 3), ("average", 2), ("average", 4)):
        for cell in ("1, 2", "2, 2", "4, 4"):
            lab = lab_of(Pooling, pool=pool, size=size, cell=cell)
            _, g, back = lab.parts
            assert all(oracle.ok for oracle in lab.oracles())
            assert back.sum() == pytest.approx(g.sum())
            top, left = lab.window
            inside = back[top : top + size, left : left + size]
            assert np.count_nonzero(back) == np.count_nonzero(inside)
            wanted = [1 / size**2] * size**2 if pool == "average" else [1.0]
            assert inside[inside > 0].tolist() == pytest.approx(wanted)
            assert pool == "average" or lab.parts[0][lab.at] == inside.ravel() @ picture(
                "digit", 3)[top : top + size, left : left + size].ravel()  # fmt: skip


def test_the_plain_network_is_the_engines():
    lab = lab_of(Learned, 30)
    params = {name: np.asarray(v) for name, v in lab.fit.params.items()}
    x, y = lab.images[:TRAINED], lab.y[:TRAINED]
    assert plain_loss(params, x[:, 0], y) == pytest.approx(lab.fit.loss(), rel=1e-12)
    scores = lab.model(lab.model.spec.tensors(Tensor(lab.fit.w)), Tensor(x[:3]))
    assert lab.fit.predict(x[:3]) == pytest.approx(scores.value)


def test_random_kernels_stay_and_do_nearly_as_well():
    says(PATH, "Learned kernels do a little better.")
    fixed, learned = (lab_of(Learned, 600, learn=one) for one in (False, True))
    assert np.array_equal(fixed.kernels, fixed.began[:, 0])
    assert 0.8 < fixed.right < learned.right


@pytest.mark.sweep
def test_what_is_said_of_kernels_holds_over_seeds():
    says(PATH, "Some lean towards a kernel with a name (cosine 1: the same but for its size), none")
    near, better = [], []
    for seed in range(20):
        fixed, learned = (lab_of(Learned, 600, seed, learn=one) for one in (False, True))
        better.append(learned.right - fixed.right)
        near += [max(map(abs, learned.likeness(k).values())) for k in learned.kernels]
    assert 0.6 < max(near) < 0.9
    assert np.mean(np.array(near) > 0.7) > 0.1
    assert 0 < np.mean(better) < 0.1
