"""Touch: which knob a hand turns, which handle comes next; by keys and by mouse on the screen."""

import numpy as np
import pytest

from lessons.kit.knobs import Cell, Choice, Integer, Matrix, Point
from lessons.kit.pictures import (
    Arrow,
    Bars,
    Cells,
    Graph,
    GraphNode,
    Handle,
    PictureRow,
    Plane,
    Spot,
    Table,
)
from tests.tutor.driving import drag, press, settled, shown, tutor, until
from tutor.pictures.cells import DARK
from tutor.pictures.paint import cell_of, paint, pick
from tutor.touch import (
    Edit,
    MoveTo,
    Nudge,
    Pick,
    Restore,
    dragged_row,
    first_held,
    is_dragged,
    is_picked,
    neighbor,
    next_held,
    positions,
    touched,
)
from tutor.widgets.picture import PictureView

TIP = Point("tip", (3, 4))
KERNEL = Matrix("kernel", {"edge": [[-1, 1]], "mean": [[0.5, 0.5]]})
POINTS = Matrix("points", {"two": [[0, 0], [3, 4]]}, reach=5)
CELL = Cell("cell", (0, 0), shape=(3, 4))
BAR = Integer("bar", 2, 1, 3)
KNOBS = {"tip": TIP, "kernel": KERNEL, "cell": CELL, "bar": BAR, "points": POINTS}
VALUES = {name: knob.default for name, knob in KNOBS.items()}
GRID = Cells("Grid", np.zeros((3, 4)), pick="cell")
BARS = Bars("Bars", ("a", "b", "c"), [1, 2, 3], pick="bar")


@pytest.mark.parametrize(
    ("knob", "touch", "shows"),
    [
        (TIP, Nudge(1, -10), "3.1, 3"),
        (TIP, MoveTo(1.234, 99), "1.2, 5"),
        (TIP, Restore(), "3, 4"),
        (KERNEL, Edit((0, 1), 7), "-1 7"),
        (KERNEL, Nudge(1, 0), "mean"),
        (POINTS, MoveTo(1.234, -99, 1), "0 0; 1.2 -5"),
        (POINTS, Nudge(-2, 1, 0), "-0.2 0.1; 3 4"),
        (POINTS, Restore(), "two"),
        (CELL, Pick((2, 3)), "3, 4"),
        (BAR, Pick(3), "3"),
    ],
)
def test_a_touch_gives_a_value(knob, touch, shows):
    assert knob.show(knob.parse(touched(knob, knob.default, touch))) == shows


def test_the_keyboard_first_holds_what_the_knob_shows():
    assert first_held(BARS, KNOBS, VALUES) == Handle("bar", 2)
    assert first_held(GRID, KNOBS, {**VALUES, "cell": (1, 2)}) == Handle("cell", (1, 2))
    plane = Plane("P", (-5, 5, -5, 5), arrows=(Arrow("a", (3, 4), knob="tip"),))
    assert first_held(plane, KNOBS, VALUES) == Handle("tip")
    assert first_held(Plane("P", (0, 1, 0, 1)), KNOBS, VALUES) is None


def test_only_what_stands_for_a_value_is_picked():
    assert is_picked(Handle("cell", (0, 1)), KNOBS)
    assert is_picked(Handle("bar", 1), KNOBS)
    assert not is_picked(Handle("kernel", (0, 1)), KNOBS)
    assert not is_picked(Handle("tip"), KNOBS)
    assert not is_picked(Handle("points", 1), KNOBS)


def test_points_and_rows_of_a_matrix_are_dragged_and_nothing_else_is():
    dragged = [Handle("tip"), Handle("points", 0), Handle("points", 1)]
    others = [Handle("cell", (0, 1)), Handle("bar", 1), Handle("kernel", (0, 1))]
    assert [is_dragged(handle, KNOBS) for handle in dragged + others] == [True] * 3 + [False] * 3
    assert [dragged_row(handle, KNOBS) for handle in dragged] == [None, 0, 1]


def test_every_point_of_a_matrix_has_a_grip_and_the_keyboard_visits_them_in_turn():
    spots = tuple(Spot(at, knob="points", row=i) for i, at in enumerate(POINTS.default))
    plane = Plane("P", (-5, 5, -5, 5), spots=spots)
    assert plane.handles == (Handle("points", 0), Handle("points", 1))
    assert next_held(plane, Handle("points", 0)) == Handle("points", 1)
    assert next_held(plane, Handle("points", 1)) == Handle("points", 0)
    for handle in plane.handles:
        assert pick(plane, 60, 20, *cell_of(plane, 60, 20, handle)) == handle


def test_next_goes_round_and_from_knob_to_knob():
    spots = Plane("P", (-5, 5, -5, 5), spots=(Spot((0, 0), knob="p"), Spot((1, 1), knob="q")))
    assert next_held(spots, Handle("p")) == Handle("q")
    assert next_held(spots, Handle("q")) == Handle("p")
    assert next_held(BARS, Handle("bar", 3)) == Handle("bar", 1)
    row = PictureRow("R", (GRID, "·", Cells("K", KERNEL.default, edit="kernel")))
    assert next_held(row, Handle("cell", (1, 1))) == Handle("kernel", (0, 0))
    assert next_held(row, Handle("kernel", (0, 1))) == Handle("cell", (0, 0))


@pytest.mark.parametrize(
    ("across", "up", "part"),
    [(1, 0, (1, 2)), (-1, 0, (1, 0)), (0, 1, (0, 1)), (0, -1, (2, 1)), (10, 0, (1, 3))],
)
def test_in_a_grid_arrows_go_to_the_neighbor_and_stop_at_the_border(across, up, part):
    for picture in (GRID, PictureRow("R", ("x", GRID))):
        assert neighbor(picture, Handle("cell", (1, 1)), across, up, {}).part == part


def test_in_a_list_arrows_go_on_and_stop_at_the_ends():
    table = Table("T", ("law",), (("one",), ("two",), ("three",)), pick="law")
    assert neighbor(table, Handle("law", "one"), 0, -1, {}).part == "two"
    assert neighbor(table, Handle("law", "one"), 0, 1, {}).part == "one"
    assert neighbor(BARS, Handle("bar", 2), 10, 0, {}).part == 3


def test_in_a_graph_arrows_go_where_the_nodes_lie():
    nodes = tuple(GraphNode(n, c, r) for n, c, r in [("x", 0, 0), ("y", 0, 2), ("z", 1, 1)])
    graph = Graph("G", nodes, (), pick="node")
    drawn = positions(paint(graph, 60, 20, DARK))
    assert set(drawn) == set(graph.handles)

    def go(start, across, up):
        return neighbor(graph, Handle("node", start), across, up, drawn).part

    assert [go("x", 0, -1), go("y", 0, 1), go("x", 1, 0), go("z", 1, 0)] == ["y", "x", "z", "z"]
    assert go("z", -1, 0) in ("x", "y")


def test_a_choice_is_picked_by_its_name():
    node = Choice("node", ("x", "y"))
    assert touched(node, "x", Pick("y")) == "y"


# On the screen.


def value(pilot, name):
    knobs, values = pilot.app.screen.controller.experiment.knobs, pilot.app.screen.controller.values
    return knobs[name].show(values[name])


def picture(pilot, name):
    found = pilot.app.screen.query(PictureView).results(PictureView)
    return next(one for one in found if one.display and one.view == name)


def at(pilot, view, handle):
    """The cell of the screen at which a handle of a view is drawn."""
    one = picture(pilot, view)
    cell = cell_of(one._picture, *one.size, handle)
    assert cell is not None
    corner = one.content_region.offset
    return corner.x + cell[0], corner.y + cell[1]


async def focus(pilot, view):
    pilot.app.screen.set_focus(picture(pilot, view))
    await settled(pilot)


async def test_a_point_is_moved_by_arrow_keys_and_enter_goes_to_the_next():
    async with tutor() as pilot:
        await focus(pilot, "plane")
        await press(pilot, "right", "up", "shift+down")
        assert value(pilot, "a") == "3.1, 3.1"
        await press(pilot, "enter", "left")
        assert (value(pilot, "a"), value(pilot, "b")) == ("3.1, 3.1", "3.9, 3")
        await press(pilot, "home")
        assert value(pilot, "b") == "4, 3"


async def test_a_point_is_dragged_and_seen_while_it_is():
    async with tutor() as pilot:
        x, y = at(pilot, "plane", Handle("b"))
        before = shown(pilot)
        await pilot.mouse_down(offset=(x, y))
        await pilot.hover(offset=(x - 6, y + 6))
        await settled(pilot)
        assert at(pilot, "plane", Handle("b")) == (x - 6, y + 6)
        assert shown(pilot) != before
        await pilot.hover(offset=(0, 0))
        await pilot.mouse_up(offset=(0, 0))
        await settled(pilot)
        assert value(pilot, "b") == "-5, 5", "the point stops at its reach"
        await pilot.hover(offset=(x, y))
        await settled(pilot)
        assert value(pilot, "b") == "-5, 5", "nothing is held any more"


async def test_a_click_on_a_map_brings_its_grip_there():
    async with tutor("linear_algebra/eigen", page=5) as pilot:
        x, y = at(pilot, "trace_det", Handle("at"))
        for there in ((x - 9, y - 2), (x - 3, y + 4)):
            await drag(pilot, there, there)
            assert at(pilot, "trace_det", Handle("at")) == there


async def test_a_cell_is_picked_by_arrow_keys_and_by_the_mouse():
    async with tutor() as pilot:
        await focus(pilot, "picked")
        await press(pilot, "right", "down")
        assert value(pilot, "cell") == "2, 2"
        await drag(pilot, at(pilot, "picked", Handle("cell", (0, 0))), (1, 1))
        assert value(pilot, "cell") == "1, 1"
        to = at(pilot, "picked", Handle("cell", (1, 0)))
        await drag(pilot, at(pilot, "picked", Handle("cell", (0, 1))), to)
        assert value(pilot, "cell") == "2, 1", "picking goes on while the mouse moves"


async def test_a_page_that_turns_takes_the_grip_out_of_the_hand():
    async with tutor() as pilot:
        start = at(pilot, "plane", Handle("b"))
        await pilot.mouse_down(offset=start)
        held = value(pilot, "b")
        screen = pilot.app.screen
        screen.action_page(3)
        await settled(pilot)
        assert pilot.app.mouse_captured is None
        await pilot.hover(offset=(start[0] + 9, start[1]))
        await pilot.mouse_up(offset=(start[0] + 9, start[1]))
        screen.action_page(-3)
        await settled(pilot)
        assert value(pilot, "b") == held


async def test_a_number_is_typed_where_it_stands():
    async with tutor(page=2) as pilot:
        await focus(pilot, "edited")
        await press(pilot, "right", *"-1", "slash", "4")
        assert "A -1/4▏ enter sets" in shown(pilot)
        assert value(pilot, "A") == "swap"
        await press(pilot, "enter", *"7", "left")
        assert value(pilot, "A") == "0 -0.25; 7 0"
        await press(pilot, *"99", "backspace", "escape", "down")
        assert value(pilot, "A") == "0 -0.25; 7 0"
        await press(pilot, *"5", "minus", "enter")
        await until(pilot, lambda: "Expected a number" in shown(pilot))
        assert value(pilot, "A") == "0 -0.25; 7 0"


async def test_bars_are_picked():
    async with tutor(page=2) as pilot:
        await focus(pilot, "bars")
        await press(pilot, "down")
        assert value(pilot, "k") == "2"
        await drag(pilot, at(pilot, "bars", Handle("k", 3)), (0, 0))
        assert value(pilot, "k") == "3"


async def test_what_is_only_looked_at_takes_no_keys():
    async with tutor() as pilot:
        await focus(pilot, "oracles")
        assert not isinstance(pilot.app.focused, PictureView)
        await focus(pilot, "plane")
        await press(pilot, "n", "n")
        assert pilot.app.focused is None
