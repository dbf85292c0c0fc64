"""Names beside points."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.pictures.labels import BLOCKED, Label, place_labels

AREA = range(40), range(12)
CELLS = st.tuples(st.integers(0, 39), st.integers(0, 11))
INK = (0, 0, 0)


@given(st.lists(st.tuples(CELLS, st.integers(0, 7), st.sampled_from(["a", "A e₁", "long name"])),
                max_size=12))  # fmt: skip
def test_names_cover_no_tip_and_no_other_name_and_stay_inside(points):
    tips = {cell: BLOCKED for cell, _, _ in points}
    placed = place_labels([Label(text, cell, k, INK) for cell, k, text in points], tips, AREA)
    taken = set(tips)
    for one in placed:
        cells = {(one.column + i, one.row) for i in range(len(one.text))}
        assert not cells & taken
        assert all(column in AREA[0] and row in AREA[1] for column, row in cells)
        taken |= cells


def test_a_name_stands_where_its_arrow_points():
    for octant, side in ((0, (22, 5)), (2, (20, 4)), (4, (18, 5)), (6, (20, 6))):
        (one,) = place_labels([Label("a", (20, 5), octant, INK)], {(20, 5): BLOCKED}, AREA)
        assert (one.column, one.row) == side


def test_a_name_gives_way_to_a_line():
    line = {(column, 5): 3 for column in range(21, 30)}
    (one,) = place_labels([Label("abc", (20, 5), 0, INK)], line | {(20, 5): BLOCKED}, AREA)
    assert one.row != 5


def test_without_any_place_the_name_is_left_out():
    full = {(column, row): BLOCKED for column in range(40) for row in range(12)}
    assert place_labels([Label("a", (20, 5), 0, INK)], full, AREA) == []
