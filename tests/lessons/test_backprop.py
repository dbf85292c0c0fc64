import numpy as np
import pytest

from lessons.kit import checks
from lessons.kit.run import Run
from lessons.networks._operations import SOFTMAX
from lessons.networks.backprop import lesson


def oracles(run):
    return {oracle.name: oracle for oracle in run.simulation.oracles()}


def check(name):
    return next(check for check in lesson.checks if check.name == name)


def weight(run, name):
    rows = {row[0]: row for row in run.simulation.pictures()[2].rows}
    return float(rows[name][1])


def test_the_example_gives_its_nine_digits():
    run = Run(lesson)
    assert run.simulation.stride == 35
    assert run.metrics["error"] == pytest.approx(0.298371109, abs=5e-10)
    run.advance(35)
    found = {name: oracle.measured for name, oracle in oracles(run).items()}
    assert found["E before"] == pytest.approx(0.298371109, abs=5e-10)
    assert found["w5 after"] == pytest.approx(0.358916480, abs=5e-10)
    assert found["w1 after"] == pytest.approx(0.149780716, abs=5e-10)
    assert found["E after"] == pytest.approx(0.291027774, abs=5e-10)
    assert run.metrics["error"] == found["E after"]
    assert all(oracle.ok for oracle in oracles(run).values())


def test_the_digits_are_claimed_for_the_example_only():
    assert "E after" not in oracles(Run(lesson, values={"lr": 0.4}))
    turned = Run(lesson)
    turned.advance(10)
    turned.turn("w1", 1)
    assert "E after" not in oracles(turned)
    late = Run(lesson)
    late.advance(40)
    late.turn("w1", 1)
    assert oracles(late)["E after"].ok


def test_each_operation_reads_as_in_the_book():
    run, said = Run(lesson), {}
    for _ in range(35):
        run.advance(1)
        lines = run.simulation.pictures()[0].lines
        said[lines[0]] = tuple(line.strip(" =") for line in lines[1:3])
    assert said["net_h1 = w1·i1 + w2·i2 + b1"] == ("0.15·0.05 + 0.2·0.1 + 0.35", "0.3775")
    assert said["E_o1 = 0.5·(out_o1 − t1)²"] == ("0.5·(0.7514 − 0.01)²", "0.274811083")
    assert said["∂E/∂w5 = ∂E/∂net_o1·out_h1"] == ("0.1385·0.5933", "0.0821670406")
    assert said["w5 ← w5 − η·∂E/∂w5"] == ("0.4 − 0.5·0.08217", "0.35891648")


def test_values_and_slopes_appear_as_they_become_known():
    run = Run(lesson)
    graph = run.simulation.pictures()[1]
    assert graph.current is None
    assert {node.value for node in graph.nodes} == {"…"}
    run.advance(1)
    graph = run.simulation.pictures()[1]
    assert (graph.nodes[0].value, graph.nodes[1].value, graph.current) == ("0.3775", "…", 0)
    run.advance(26)
    graph, table = run.simulation.pictures()[1:]
    assert all(node.gradient for node in graph.nodes if node.name[:3] in ("net", "out"))
    assert graph.columns == (0, 1, 0, 1, 2, 3, 2, 3, 4, 4, 5)
    assert [row[0] for row in table.rows if row[2] == "…"] == ["b1", "b2"]


@pytest.mark.parametrize("shape", ["sigmoid", "tanh", "relu", "identity"])
@pytest.mark.parametrize("loss", ["squared error", SOFTMAX])
def test_the_audit_agrees_whatever_the_network(shape, loss):
    run = Run(lesson, values={"activation": shape, "loss": loss, "biases": True, "lr": 0.1})
    for _ in range(5):
        run.advance(50)
        assert oracles(run)["audit"].measured < 1e-9
        assert all(oracle.ok for oracle in oracles(run).values())


def test_the_slope_of_softmax_with_cross_entropy_is_p_minus_t():
    run = Run(lesson, values={"loss": SOFTMAX})
    known = run.simulation.numbers()
    assert known["∂E/∂net_o1"] == pytest.approx(known["p1"] - 0.01, abs=1e-15)
    assert known["∂E/∂net_o2"] == pytest.approx(known["p2"] - 0.99, abs=1e-15)
    assert run.simulation.ledger.formula("∂E/∂net_o1") == "p1 − t1"


def test_what_is_shown_in_another_form_has_the_same_value():
    run = Run(lesson, values={"loss": SOFTMAX})
    known, ledger = run.simulation.numbers(), run.simulation.ledger
    for name, tensor in ledger._shown.items():
        assert tensor.item() == pytest.approx(known[name], rel=1e-12)


def test_biases_learn_only_when_asked():
    run = Run(lesson)
    run.advance(35)
    assert (weight(run, "b1"), weight(run, "b2")) == (0.35, 0.6)
    run.turn("biases", True)
    run.advance(run.simulation.stride)
    assert weight(run, "b2") < 0.6


def test_the_way_is_the_same_bit_for_bit_however_it_is_portioned():
    one, many = Run(lesson), Run(lesson)
    one.advance(123)
    for portion in (1, 2, 17, 3, 60, 40):
        many.advance(portion)
    assert one.state_hash == many.state_hash
    assert one.metrics == many.metrics


@pytest.mark.parametrize("at", [5, 20, 31, 35, 36])
def test_a_branch_in_the_midst_of_a_round_goes_the_same_way(at):
    run = Run(lesson, values={"lr": 2})
    run.advance(at)
    moment, twin = run.moment(), run.branch()
    assert twin.state_hash == run.state_hash
    assert twin.simulation.pictures() == run.simulation.pictures()
    run.advance(50)
    twin.advance(50)
    assert run.state_hash == twin.state_hash
    assert run.simulation.pictures() == twin.simulation.pictures()
    run.go_back(moment)
    run.advance(50)
    assert run.state_hash == twin.state_hash


def test_an_edited_weight_changes_the_round_at_once():
    run = Run(lesson)
    run.advance(20)
    before = run.simulation.numbers()
    run.turn("w5", 1.5)
    after = run.simulation.numbers()
    assert weight(run, "w5") == 1.5
    assert after["net_h1"] == before["net_h1"]
    assert after["net_o1"] == pytest.approx(before["net_o1"] + 1.1 * before["out_h1"])
    assert after["∂E/∂w1"] != before["∂E/∂w1"]


def test_an_edit_between_two_updates_keeps_those_already_made():
    run = Run(lesson)
    run.advance(29)
    made = [weight(run, "w1"), weight(run, "w2")]
    run.turn("w5", -1)
    run.turn("lr", 1)
    assert [weight(run, "w1"), weight(run, "w2")] == made
    run.advance(6)
    slope = run.simulation.numbers()["∂E/∂w5"]
    assert weight(run, "w5") == pytest.approx(-1 - slope, abs=1e-6)


def test_every_live_knob_acts_in_mid_run():
    for name, value in (("i1", 1), ("i2", -1), ("t1", 0.7), ("b1", 2), ("activation", "tanh")):
        run = Run(lesson)
        run.advance(13)
        before = run.simulation.numbers()["E"]
        run.turn(name, value)
        assert run.steps == 13
        assert run.simulation.numbers()["E"] != before
        run.advance(60)
        assert run.status == "running"


@pytest.mark.parametrize("failure", lesson.failures, ids=lambda failure: failure.name)
def test_failures_are_provoked_by_their_scenes_and_absent_otherwise(failure):
    run = Run(lesson, values=dict(failure.scene))
    run.advance(3500)
    assert run.failure is failure
    plain = Run(lesson)
    for _ in range(10):
        plain.advance(700)
        assert plain.failure is None


def test_corners_stay_finite_or_are_called_diverged():
    for knob in lesson.knobs:
        for corner in knob.corners():
            run = Run(lesson, values={knob.name: corner})
            run.advance(200)
            assert run.status == "diverged" or np.isfinite(list(run.metrics.values())).all()
            run.simulation.pictures()


@pytest.mark.parametrize("name", ["thousand", "stuck"])
def test_predictions_are_decided_by_the_run(name):
    question = check(name)
    run = Run(lesson, values=question.scene)
    run.advance(question.steps)
    assert run.steps == question.steps
    assert question.grade(2, run).ok
    assert not question.grade(0, run).ok


def test_the_goal_is_out_of_reach_at_first_and_in_reach_with_a_large_step():
    goal = check("quick")
    slow, fast = Run(lesson), Run(lesson, values={"lr": 10})
    slow.advance(goal.budget)
    fast.advance(goal.budget)
    assert not goal.grade(slow).ok
    assert goal.grade(fast).ok
    slow.turn("t1", 0.75)
    assert not goal.grade(slow).ok


def test_steps_to_a_small_error_are_what_the_hint_says():
    run = Run(lesson)
    while run.metrics["error"] >= 0.01:
        run.advance(35)
    assert run.steps == 173 * 35


def test_answers_come_from_the_engine():
    slope, product = check("slope"), check("product")
    assert slope.answer({"out": 0.8}) == pytest.approx(0.16)
    assert product.answer({"delta": -0.4, "out": 0.25}) == pytest.approx(-0.1)
    kinds = {checks.KINDS[type(c)] for c in lesson.checks}
    assert kinds == {"choice", "number", "prediction", "goal"}


def test_steps_are_short():
    for step in lesson.steps:
        assert len(step.text.split()) <= 115, step.title
