"""A bug of ours costs the learner one sentence, and keeps its traceback."""

import tutor.headless
from tutor.bugs import LOG, log_error
from tutor.cli import main
from tutor.progress.location import data_folder


def broken(*arguments):
    raise RuntimeError("a wheel came off")


def test_a_bug_is_told_in_one_sentence_and_kept_whole(monkeypatch, capsys, few_lessons):
    monkeypatch.setattr(tutor.headless, "run_experiment", broken)
    assert main(["run", "stub"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(data_folder() / LOG) in told
    kept = (data_folder() / LOG).read_text()
    assert "Traceback" in kept
    assert "a wheel came off" in kept


def test_the_next_bug_is_added():
    for words in ("first", "second"):
        log_error(RuntimeError(words))
    kept = (data_folder() / LOG).read_text()
    assert kept.index("first") < kept.index("second")


def test_a_bug_that_cannot_be_kept_is_no_second_bug(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "file"))
    assert log_error(RuntimeError("no room")) is None
