"""The data folder is found, made for its owner alone, and its disk is known."""

import os
import stat
import sys
from pathlib import Path

import pytest

from engine.errors import FileError
from tutor.progress.location import data_folder, filesystem, is_network, prepare_folder


def test_the_variable_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"


def test_the_variable_may_begin_with_a_tilde_or_be_relative(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DLTUTOR_DATA", "~/mine")
    assert data_folder() == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLTUTOR_DATA", "here")
    assert data_folder() == tmp_path / "here"


@pytest.mark.skipif(sys.platform != "linux", reason="the place is the system's own elsewhere")
@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_it_is_the_users_folder(monkeypatch, tmp_path, value):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("DLTUTOR_DATA", raising=False)
    else:
        monkeypatch.setenv("DLTUTOR_DATA", value)
    assert data_folder() == tmp_path / "dltutor"


def test_a_new_folder_is_its_owners_alone(tmp_path):
    prepare_folder(tmp_path / "deep" / "data")
    assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700


def test_a_folder_that_is_there_keeps_its_rights(tmp_path):
    tmp_path.chmod(0o755)
    prepare_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_below_a_file_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"cannot create the folder .*Set DLTUTOR_DATA"):
        prepare_folder(tmp_path / "file" / "data")
    with pytest.raises(FileError, match="cannot create the folder"):
        prepare_folder(tmp_path / "file")


def test_a_folder_without_the_right_to_write_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match=r"the folder .* is not writable.*Set DLTUTOR_DATA"):
        prepare_folder(tmp_path)


def test_the_innermost_and_latest_mount_names_the_file_system(tmp_path):
    mounts = tmp_path / "mounts"
    (tmp_path / "my home").mkdir()
    home = str(tmp_path / "my home").replace(" ", "\\040")
    mounts.write_text(
        f"a {home} ext4 rw 0 0\nb / xfs rw 0 0\nc {home} nfs4 rw 0 0\nd {home}x zfs rw 0 0\n"
    )
    assert filesystem(tmp_path / "my home" / "new" / "file", mounts) == "nfs4"
    assert filesystem(tmp_path, mounts) == "xfs"
    assert filesystem(tmp_path, Path("no such list")) == ""


@pytest.mark.parametrize(("kind", "shared"), [("nfs", True), ("cifs", True), ("", False)])
def test_network_file_systems_are_known(kind, shared):
    assert is_network(kind) is shared
