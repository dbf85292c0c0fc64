"""Claims: a test that tries to refute a sentence first asks whether the sentence still stands."""

from functools import cache

from lessons.catalogue import find


@cache
def words_of(path: str) -> str:
    """All words of a lesson's pages, every run of blanks as one."""
    text = (find(path).folder / "pages.md").read_text(encoding="utf-8")
    return " ".join(text.split())


def says(path: str, claim: str) -> None:
    """Assert that the pages still make this claim; a claim that is gone needs no test."""
    assert " ".join(claim.split()) in words_of(path), f"{path} no longer says: {claim}"
