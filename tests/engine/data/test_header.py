"""The first row: names, an example, or a question to whoever knows."""

import pytest

from engine.data import own_data
from engine.errors import FileError

NAMES, EXAMPLE, UNCLEAR = True, False, None
FIRST = {
    "words": ("a,b,k\n1,2,x\n1,2,y\n", NAMES),
    "sodium": ("Na,K,k\n1,2,x\n1,2,y\n", NAMES),
    "years and a word above numbers": ("2019,2020,price\n1,2,300\n3,4,250\n", NAMES),
    "a word among numbers": ("id,2019,2020\n1,2,3\n3,4,5\n", NAMES),
    "counted, the word never again": ("0,1,label\n" + ".1,.2,x\n.3,.4,y\n" * 2, NAMES),
    "counted, other words once": ("0,1,2,label\n.1,.2,.3,x\n.4,.5,.6,y\n", UNCLEAR),
    "words of which none returns": ("5,7,x\n1,2,y\n3,4,z\n", UNCLEAR),
    "a word that returns": ("5,7,x\n1,2,y\n3,4,x\n", EXAMPLE),
    "counted, and the word returns": ("1,2,x\n5,2,y\n3,4,x\n", EXAMPLE),
    "numbers": ("1,2,5\n3,4,7\n", EXAMPLE),
    "decimals above decimals": (".5,.25,5\n.3,4,7\n", EXAMPLE),
    "counted from 0": ("0,1,2\n5,6,0\n7,8,1\n", UNCLEAR),
    "counted from 1": ("1,2\n5,0\n7,1\n", UNCLEAR),
    "decades": ("2000,2010,2020\n7,8,0\n5,4,1\n", UNCLEAR),
    "integers above decimals": ("10,25,3\n.1,.2,.3\n.4,.5,.6\n", UNCLEAR),
    "an origin above decimals": ("0,0\n.1,.2\n.4,.5\n", EXAMPLE),
    "a missing answer": ("5,6,NA\n1,2,3\n4,5,6\n", UNCLEAR),
    "a missing number": ("?,7,5\n1,2,3\n4,5,6\n", UNCLEAR),
    "a broken number": ('"1,5",7,5\n1,2,3\n4,5,6\n', UNCLEAR),
    "broken numbers only": ("1_0;50%;x\n1;2;x\n4;5;y\n", UNCLEAR),
    "only one row": ("1.5,2,x\n", UNCLEAR),
}


@pytest.mark.parametrize("name", FIRST)
def test_the_first_row_is_read_in_the_one_way_that_makes_sense(name, tmp_path):
    text, kind = FIRST[name]
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    if kind is UNCLEAR:
        with pytest.raises(FileError, match=r"row 1: .* may be either. Pass header=True if .*"):
            own_data(path)
    else:
        given = own_data(path, header=kind)
        assert own_data(path).feature_names == given.feature_names
        assert len(own_data(path).x) == len(given.x) == text.count("\n") - kind


def test_who_knows_says_what_the_first_row_is(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("0,1,label\n.1,.2,x\n.3,.4,y\n", "utf-8")
    named, plain = own_data(path, header=True), own_data(path, header=False)
    assert (named.feature_names, named.x.tolist()) == (("0", "1"), [[0.1, 0.2], [0.3, 0.4]])
    assert (plain.feature_names, plain.x[0].tolist()) == (("x1", "x2"), [0.0, 1.0])
    assert plain.class_names == ("label", "x", "y")


def test_a_target_that_the_first_row_holds_says_that_it_names_the_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("2019,2020,2021\n1,2,.3\n3,4,.5\n", "utf-8")
    data = own_data(path, target="2021")
    assert (data.feature_names, data.y.tolist()) == (("2019", "2020"), [[0.3], [0.5]])
    path.write_text("5,8,x\n3,2,x\n1,2,y\n", "utf-8")
    assert own_data(path, target="y").x.tolist() == [[5, 8], [3, 2], [1, 2]]
    path.write_text("x,5\ny,7\nz,8\n", "utf-8")
    with pytest.raises(FileError, match="may be either"):
        own_data(path, target="x1")
