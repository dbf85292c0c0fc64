"""Backpropagation: its digits, its audit, its edits, its failures, and every claim of its pages."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from lessons.catalogue import find, load
from lessons.kit.replay import read_turn, replay
from lessons.kit.run import Run
from lessons.networks.backprop import _rounds
from lessons.networks.backprop._network import (
    KNOWN,
    LOSSES,
    NAMES,
    SHAPES,
    SIGMOID,
    SOFTMAX,
    START,
    forward,
    network,
)
from lessons.networks.backprop.lab import SWAPPED, Backprop, checks, place
from tests.lessons.claims import says as still_says

ROUND = 35


def says(claim):
    still_says("networks/backprop", claim)


def run_of(steps=0, **values):
    run = Run(Backprop, 0, values)
    run.advance(steps)
    return run


def rounds(run, count):
    run.advance(count * run.lab.stride)
    return run


def oracles(run):
    return {oracle.name: oracle for oracle in run.lab.oracles()}


def errors(updates, **values):
    """E before each update and after the last."""
    run = run_of(**values)
    found = [run.metrics["error"]]
    for _ in range(updates):
        found.append(rounds(run, 1).metrics["error"])
    return np.array(found)


# The example and its digits.


def exact():
    """The first update of Mazur's example in 50 digits: what `KNOWN` holds."""
    with localcontext(prec=50):
        w = {name: Decimal(str(value)) for name, value in START.items()}
        i1, i2, t1, t2, eta = map(Decimal, ("0.05", "0.1", "0.01", "0.99", "0.5"))

        def out(net):
            return 1 / (1 + (-net).exp())

        def passed(w):
            h1 = out(w["w1"] * i1 + w["w2"] * i2 + w["b1"])
            h2 = out(w["w3"] * i1 + w["w4"] * i2 + w["b1"])
            o1 = out(w["w5"] * h1 + w["w6"] * h2 + w["b2"])
            o2 = out(w["w7"] * h1 + w["w8"] * h2 + w["b2"])
            return h1, h2, o1, o2, ((o1 - t1) ** 2 + (o2 - t2) ** 2) / 2

        h1, h2, o1, o2, before = passed(w)
        d1, d2 = (o1 - t1) * o1 * (1 - o1), (o2 - t2) * o2 * (1 - o2)
        e1 = (d1 * w["w5"] + d2 * w["w7"]) * h1 * (1 - h1)
        e2 = (d1 * w["w6"] + d2 * w["w8"]) * h2 * (1 - h2)
        slopes = {"w1": e1 * i1, "w2": e1 * i2, "w3": e2 * i1, "w4": e2 * i2,
                  "w5": d1 * h1, "w6": d1 * h2, "w7": d2 * h1, "w8": d2 * h2}  # fmt: skip
        new = {name: value - eta * slopes.get(name, 0) for name, value in w.items()}
        return {"E before": before, "w5 after": new["w5"], "w1 after": new["w1"],
                "E after": passed(new)[4]}  # fmt: skip


def test_the_constants_are_those_of_exact_arithmetic_and_not_the_engines():
    says("from 0.298371109 to 0.291027774")
    says("click E for all digits. (Mazur, whose example this is, prints 0.291027924, a slip.)")
    assert rounds(run_of(look="E"), 1).lab.operation().lines[0] == "E = 0.291027774"
    found = exact()
    for name, digits in (("E before", 9), ("w5 after", 9), ("w1 after", 9), ("E after", 11)):
        assert Decimal(str(KNOWN[name])) == round(found[name], digits), name
    assert abs(found["E after"] - Decimal("0.291027924")) > Decimal("1e-7")


def test_the_run_gives_the_digits():
    run = rounds(run_of(), 1)
    assert run.steps == ROUND
    for name, value in exact().items():
        assert oracles(run)[name].measured == pytest.approx(float(value), rel=1e-14)
    assert all(oracle.ok for oracle in oracles(run).values())


def test_the_digits_are_claimed_for_the_example_only():
    assert "E after" not in oracles(run_of(lr=0.4))
    turned = run_of(10)
    turned.turn("w1", 1)
    assert "E after" not in oracles(turned)
    late = run_of(40)
    late.turn("w1", 1)
    assert oracles(late)["E after"].ok
    there_and_back = run_of()
    there_and_back.turn("lr", 1)
    there_and_back.turn("lr", 0.5)
    assert "E after" in oracles(there_and_back)


def test_each_operation_reads_as_in_the_book():
    run, said = run_of(), {}
    for _ in range(ROUND):
        run.advance(1)
        lines = run.lab.operation().lines
        said[lines[0]] = tuple(line.strip(" =") for line in lines[1:3])
    assert said["net_h1 = w1·i1 + w2·i2 + b1"] == ("0.15·0.05 + 0.2·0.1 + 0.35", "0.3775")
    assert said["E_o1 = 0.5·(out_o1 − t1)²"] == ("0.5·(0.7514 − 0.01)²", "0.274811083")
    assert said["∂E/∂w5 = ∂E/∂net_o1·out_h1"] == ("0.1385·0.5933", "0.0821670406")
    assert said["w5 ← w5 − η·∂E/∂w5"] == ("0.4 − 0.5·0.08217", "0.35891648")


# The network, twice.


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_plain_numpy_and_the_engine_agree_whatever_the_network(shape, loss):
    worksheet, rng = network(shape, loss), np.random.default_rng(1)
    for _ in range(3):
        w, i, t1 = rng.normal(0, 2, 10), rng.normal(0, 1, 2), rng.random()
        worksheet.put({**dict(zip(NAMES, w, strict=True)), "i1": i[0], "i2": i[1], "t1": t1})
        found = worksheet.values()
        net, out, E = forward(w, i, np.array([t1, 1 - t1]), shape, loss)
        neurons = ("h1", "h2", "o1", "o2")
        assert [found[f"net_{n}"] for n in neurons] == pytest.approx(net, rel=1e-12, abs=1e-12)
        assert [found[f"out_{n}"] for n in neurons] == pytest.approx(out, rel=1e-12, abs=1e-12)
        assert found["E"] == pytest.approx(float(E), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_audit_holds_whatever_the_network(shape, loss):
    run = run_of(activation=shape, loss=loss, biases=True, lr=0.1, i1=1)
    for _ in range(4):
        found = oracles(rounds(run, 5))
        assert found["audit"].measured < 1e-8
        assert [oracle for oracle in found.values() if oracle.ok is not True] == []


def test_what_is_shown_in_another_form_has_the_same_value():
    for loss in (SIGMOID, SOFTMAX):
        worksheet = network("tanh", loss)
        values = worksheet.values()
        for name, tensor in worksheet.shown.items():
            assert tensor.item() == pytest.approx(values[name], rel=1e-12)
        assert worksheet.formula("∂E/∂net_o1") == "out_o1 − t1"


FAULTS = {
    "uphill": lambda w, g, t, lr: (w + lr * g,),
    "rate off by 1 %": lambda w, g, t, lr: (w - 1.01 * lr * g,),
    "no small slopes": lambda w, g, t, lr: (w - lr * g * (abs(g) > 1e-3),),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_update_is_refuted(monkeypatch, fault):
    monkeypatch.setattr(_rounds, "sgd", FAULTS[fault])
    found = oracles(rounds(run_of(lr=0.4), 1))
    assert found["audit"].ok is False
    assert (found["slope o1"].ok is False) == (fault != "no small slopes")
    assert (found["fall of E"].ok is False) == (fault == "uphill")


# Edits.


def test_an_edited_weight_changes_the_round_at_once():
    run = run_of(20)
    before = run.lab.known
    run.turn("w5", 1.5)
    after = run.lab.known
    assert (run.steps, run.lab.w[4]) == (20, 1.5)
    assert after["net_h1"] == before["net_h1"]
    assert after["net_o1"] == pytest.approx(before["net_o1"] + 1.1 * before["out_h1"])
    assert after["∂E/∂w1"] != before["∂E/∂w1"]


def test_an_edit_between_two_updates_keeps_those_already_made():
    run = run_of(29)
    made = run.lab.w[:2].tolist()
    run.turn("w5", -1)
    run.turn("lr", 1)
    assert run.lab.w[:2].tolist() == made
    run.advance(6)
    assert run.lab.w[4] == pytest.approx(-1 - run.lab.known["∂E/∂w5"], abs=1e-15)
    assert np.isnan(oracles(run)["audit"].measured)
    assert oracles(rounds(run, 1))["audit"].ok


@pytest.mark.parametrize("name", [n for n in Backprop.knobs if n not in ("lr", "look", "biases")])
def test_every_knob_acts_in_mid_run(name):
    run, knob = run_of(13), Backprop.knob(name)
    before = run.lab.known["E"]
    run.turn(name, knob.moved(run.lab.values[name], 1))
    assert run.steps == 13
    assert run.lab.known["E"] != before


def test_another_loss_in_mid_run_keeps_the_weights():
    run = rounds(run_of(**SWAPPED), 3)
    run.advance(5)
    w = run.lab.w.copy()
    run.turn("loss", SIGMOID)
    assert (run.steps, run.lab.at) == (3 * ROUND + 5, 0)
    assert run.lab.w.tolist() == w.tolist()
    assert oracles(rounds(run, 1))["audit"].ok


def test_a_weight_turned_there_and_back_forgets_what_it_learned_and_replays_so():
    run = rounds(run_of(), 2)
    run.turn("w5", 1)
    run.turn("w5", 0.4)
    assert run.lab.w[4] == 0.4
    rounds(run, 1)
    turns = [read_turn(f"{t.step}:{t.name}={t.text}") for t in run.turns]
    assert replay(Backprop, 0, run.start, turns, run.steps).state_hash == run.state_hash


def test_biases_learn_only_when_asked():
    run = rounds(run_of(), 1)
    assert run.lab.w[8:].tolist() == [0.35, 0.6]
    run.turn("biases", True)
    assert rounds(run, 1).lab.w[9] < 0.6


@pytest.mark.parametrize("at", [5, 20, 31, 35, 36])
def test_a_branch_in_the_midst_of_a_round_goes_the_same_way(at):
    run = run_of(at, lr=2)
    twin = run.branch()
    assert twin.lab.network() == run.lab.network()
    run.advance(50)
    for portion in (1, 2, 17, 30):
        twin.advance(portion)
    assert run.state_hash == twin.state_hash
    assert (run.lab.operation(), run.lab.audit()) == (twin.lab.operation(), twin.lab.audit())


# Pictures.


def test_values_and_slopes_appear_as_they_become_known():
    run = run_of()
    nodes = {node.name: node for node in run.lab.network().nodes}
    assert (nodes["i1"].value, nodes["h1"].value, run.lab.network().current) == ("0.05", "", "")
    run.advance(2)
    graph = run.lab.network()
    assert (graph.current, graph.sources, graph.backward) == ("h1", (), False)
    assert next(n for n in graph.nodes if n.name == "h1").value == "0.59327"
    run.advance(25)
    graph = run.lab.network()
    assert graph.backward
    assert all(node.gradient for node in graph.nodes if node.name[0] in "ho")
    assert all(edge.gradient for edge in graph.edges if edge.name)
    assert all(row[2] != "…" for row in run.lab.audit().rows)


def test_what_an_operation_uses_is_lit():
    run = run_of()
    for _ in range(ROUND):
        run.advance(1)
        graph, (phase, name) = run.lab.network(), run.lab.last
        if name == "∂E/∂out_h1":
            assert set(graph.sources) == {"o1", "o2", "w5", "w7"}
        if name == "net_h2":
            assert set(graph.sources) == {"w3", "w4", "i1", "i2", "b1"}
        assert graph.current == place(name)
        assert phase != "update" or not graph.sources


def test_everything_in_the_network_can_be_picked_and_is_explained():
    run = run_of(27)
    state, handles = run.state_hash, run.lab.network().handles
    assert {handle.part for handle in handles} == set(Backprop.look.options[1:])
    for handle in handles:
        run.turn(handle.knob, handle.part)
        assert handle.part in run.lab.operation().title
        assert run.lab.operation().lines
    assert run.state_hash == state
    run.turn("look", "w5")
    assert run.lab.operation().lines[:2] == ("w5 = 0.4", "∂E/∂w5 = ∂E/∂net_o1·out_h1")
    assert "not yet" in run.lab.operation().lines[-1]


# Claims of the pages.


def test_the_first_nudge():
    says("Raise $w_5$ from 0.40 to 0.41, and E rises by 0.00082: that is 0.082 for each unit")
    says(r"$\partial E/\partial w_5 = 0.0822$")
    rise = run_of(w5=0.41).metrics["error"] - run_of().metrics["error"]
    assert round(rise, 5) == 0.00082
    assert round(run_of().lab.known["∂E/∂w5"], 4) == 0.0822


def test_operations_and_runs_are_counted():
    says("Here they are 11 forward and 16 back")
    says("two runs for each weight, here 16")
    phases = [phase for phase, _ in run_of().lab.round]
    assert [phases.count(one) for one in ("forward", "backward", "update")] == [11, 16, 8]


def test_the_slope_of_the_sigmoid():
    says("σ′ is never more than ¼")
    act, derivative, largest = SHAPES["sigmoid"]
    out = act(np.linspace(-30, 30, 6001))
    assert derivative(out).max() == largest == 0.25
    assert derivative(out[[0, -1]]).max() < 1e-12
    for v in ({"out": 0.2}, {"out": 0.7}):
        net = np.log(v["out"] / (1 - v["out"]))
        nudged = (act(net + 1e-5) - act(net - 1e-5)) / 2e-5
        assert checks["slope"].answer(v) == pytest.approx(nudged, rel=1e-9)


def test_a_thousand_updates():
    says("for eight updates E falls ever faster, then ever more slowly")
    says("η = 0.5 needs 173 updates")
    E = errors(1000)
    falls = -np.diff(E)
    assert (np.diff(falls[:8]) > 0).all()
    assert (np.diff(falls[7:]) < 0).all()
    assert int((E < 0.01).argmax()) == 173
    assert checks["thousand"].outcome(checks["thousand"].run().lab) == 2


def test_differences_agree_to_ten_decimals():
    says("They agree to ten decimals")
    run = run_of()
    for _ in range(100):
        rounds(run, 1)
        slopes = [run.lab.known[f"∂E/∂{name}"] for name in NAMES]
        assert abs(run.lab.differences(run.lab.began) - slopes).max() < 5e-11


def test_the_fall_of_the_error_is_the_rate_times_the_squared_slopes():
    says("η times the sum of all squared slopes, as long as the steps are small")
    for lr, gap in ((0.5, 0.01), (0.1, 0.002), (0.02, 0.0005)):
        oracle = oracles(rounds(run_of(lr=lr), 1))["fall of E"]
        assert oracle.error < gap


def test_a_slope_that_swells_and_comes_back_within_one_step_does_not_refute_the_fall():
    w = (3.3, 5.1, 6.5, 2.5, 1.5, -0.1, -6.7, -9.2, -8.4, -7.6)
    values = {**dict(zip(NAMES, w, strict=True)), "i1": 1.97, "i2": -1.69, "t1": 0.82}
    run = rounds(run_of(**values, lr=1.4376, loss=SOFTMAX), 3)
    made = (run.lab.past - run.lab.w) / run.lab.lr
    fallen = run.lab.plain(run.lab.past)[2] - run.lab.plain(run.lab.w)[2]
    assert fallen > 1.09 * run.lab.lr * made @ made
    assert all(oracle.ok is not False for oracle in oracles(run).values())


def test_large_rates_do_no_harm():
    says("with slopes this small, a large η does no harm here")
    says("no slope is above 0.1")
    for lr in (0.5, 8, 10):
        run = run_of(lr=lr)
        for _ in range(20):
            before = run.metrics["error"]
            assert all(abs(run.lab.now[f"∂E/∂w{k}"]) < 0.1 for k in range(1, 9))
            assert rounds(run, 1).metrics["error"] < before


def test_the_goal_is_won_by_the_rate_and_by_nothing_else():
    goal, scene = checks["quick"], {}
    assert not goal.grade(run_of(700), scene).ok
    assert goal.grade(run_of(700, lr=8), scene).ok
    assert not goal.grade(run_of(700, w5=-2), scene).ok
    assert "must stay" in goal.grade(run_of(700, lr=8, w5=-2), scene).text
    assert not goal.grade(run_of(735, lr=0.5), scene).ok


def test_the_swapped_network_is_saturated_and_wrong():
    says("$o_1$ gives 0.99999 and $o_2$ 0.00004, where 0.01 and 0.99 are wanted")
    says("E is 0.98, more than three times what it was at the start of the example")
    says("out·(1 − out) is 0.00001 at o1 and 0.00004 at o2")
    now = run_of(**SWAPPED).lab.now
    outs = [now["out_o1"], now["out_o2"]]
    assert [round(out, 5) for out in outs] == [0.99999, 0.00004]
    assert [round(out * (1 - out), 5) for out in outs] == [0.00001, 0.00004]
    assert round(now["E"], 2) == 0.98
    assert now["E"] > 3 * run_of().lab.now["E"]
    assert checks["stuck"].outcome(checks["stuck"].run().lab) == 2


def test_only_the_loss_is_exchanged_and_the_slope_comes_back():
    """The ablation: same weights, same outputs, and σ′ no longer a factor."""
    says("same weights, same outputs, but the slopes at the nets are 0.99 and −0.99 now")
    says("After 200 updates $o_1$ gives 0.03 and $o_2$ 0.97")
    sick, cured = run_of(**SWAPPED), run_of(**SWAPPED, loss=SIGMOID)
    assert sick.lab.w.tolist() == cured.lab.w.tolist()
    for k, factor in (("1", 1.2e-5), ("2", 4.1e-5)):
        assert sick.lab.now[f"out_o{k}"] == cured.lab.now[f"out_o{k}"]
        slopes = [run.lab.now[f"∂E/∂net_o{k}"] for run in (sick, cured)]
        assert round(slopes[1], 2) == (0.99 if k == "1" else -0.99)
        assert slopes[0] / slopes[1] == pytest.approx(factor, rel=0.03)
    rounds(cured, 200)
    assert [round(cured.lab.now[f"out_o{k}"], 2) for k in "12"] == [0.03, 0.97]
    freed = rounds(sick, 20)
    freed.turn("loss", SIGMOID)
    assert rounds(freed, 200).lab.wrong() == []


def test_softmax_has_the_same_slope():
    says("With *softmax*, which shares 1 among all outputs, the slope is p − t too")
    run = run_of(loss=SOFTMAX, w5=2, w7=-1)
    now = run.lab.now
    assert now["out_o1"] + now["out_o2"] == pytest.approx(1, abs=1e-15)
    for k in "12":
        assert now[f"∂E/∂net_o{k}"] == pytest.approx(now[f"out_o{k}"] - now[f"t{k}"], abs=1e-15)


# Failures.


def named(name):
    return next(failure for failure in Backprop.failures if failure.name == name)


@pytest.mark.parametrize("failure", Backprop.failures, ids=lambda failure: failure.name)
def test_a_cure_makes_the_run_better(failure):
    sick = rounds(run_of(**failure.scene), 100)
    cured = rounds(run_of(**{**failure.scene, **failure.fix}), 100)
    assert sick.failure is failure
    assert cured.failure is None
    assert cured.lab.wrong() == []
    assert sick.lab.wrong() or sick.status == "diverged"


def test_no_failure_shows_on_healthy_runs():
    for shape in SHAPES:
        for loss in LOSSES:
            run = run_of(activation=shape, loss=loss)
            for lr in (0.5, 10) if shape == "sigmoid" else (0.5,):
                run.turn("lr", lr)
                for _ in range(3):
                    assert rounds(run, 5).failure is None, (shape, loss, lr)


def test_saturation_is_called_where_the_outputs_stick_and_only_there():
    seen = set()
    for size in np.arange(0, 10.1, 1.25):
        run = rounds(run_of(w5=size, w6=size, w7=-size, w8=-size), 1)
        called, before = run.lab.is_saturated, run.metrics["error"]
        fallen = 1 - rounds(run, 100).metrics["error"] / before
        assert not (called and fallen > 0.01), size
        assert called or fallen > 1e-3, size
        seen.add(called)
    assert seen == {False, True}
    assert not rounds(run_of(**SWAPPED, activation="identity", lr=0.01), 1).lab.is_saturated
    assert not rounds(run_of(**SWAPPED, loss=SIGMOID), 1).lab.is_saturated


@pytest.mark.sweep
@pytest.mark.parametrize("shape", ["sigmoid", "tanh", "relu"])
def test_no_run_that_learns_is_called_saturated_or_dead(shape):
    rng, called, learned = np.random.default_rng(3), 0, 0
    for _ in range(400):
        w = rng.uniform(-10, 10, 10) * rng.choice([0.1, 0.3, 1], 10)
        values = dict(zip(NAMES, w.tolist(), strict=True))
        i1, i2, t1 = rng.uniform(-2, 2), rng.uniform(-2, 2), rng.random()
        lr = 0.05 if shape == "relu" else 0.5
        run = rounds(run_of(**values, i1=i1, i2=i2, t1=t1, lr=lr, activation=shape), 1)
        outputs = run.lab.wrong()
        if run.status != "running" or not outputs:
            continue
        is_called = run.lab.is_saturated or run.lab.is_dead
        before = [run.lab.now[f"E_o{k}"] for k in outputs]
        rounds(run, 20)
        after = [run.lab.now[f"E_o{k}"] for k in outputs]
        has_learned = max(np.divide(after, before)) < 0.9
        assert not (is_called and has_learned), values
        called, learned = called + is_called, learned + has_learned
    assert called > 20
    assert learned > 20


@pytest.mark.sweep
def test_the_goal_has_a_wide_window_and_its_scene_is_far_from_it():
    goal, knob = checks["quick"], Backprop.lr
    won = [lr for lr in map(knob.at, np.linspace(0, 1, 61))
           if goal.grade(run_of(700, lr=lr), {}).ok]  # fmt: skip
    assert min(won) == pytest.approx(4.47, abs=0.02)
    assert max(won) == knob.high
    assert len(won) >= 7


def test_the_lesson_loads_and_its_questions_keep_their_names():
    lesson = load(find("networks/backprop"))
    kept = {"cost", "slope", "product", "thousand", "quick", "stuck"}
    assert kept <= set(lesson.questions)
