"""Where the learner's data is stored, and what kind of disk that is."""

import os
from pathlib import Path

from engine.errors import FileError

DATA_VARIABLE = "DLTUTOR_DATA"
"""The environment variable that names a folder to use instead of the default one."""

ADVICE = f"Set {DATA_VARIABLE} to a folder of your own, or fix the permissions of this one."

_NETWORK = (
    *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.sshfs", "gpfs"),
    *("lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"),
)


def data_folder() -> Path:
    """The folder for everything that the tutor stores for this user; it need not exist yet.

    Raises:
        FileError: the chosen folder begins with ~ and a user who has no home.
    """
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        try:
            return Path(chosen).expanduser().absolute()
        except (RuntimeError, OSError) as error:
            raise FileError(
                f"progress: {DATA_VARIABLE} begins with ~, but that user has no home here. {ADVICE}"
            ) from error
    # Imported only here, so that a chosen folder, as in a lab or a test, does not pay for it.
    from platformdirs import user_data_path

    return user_data_path("dltutor", appauthor=False)


def prepare_folder(folder: Path) -> None:
    """Create the folder, for its owner only, and check that it is writable.

    An existing folder keeps its permissions: the user may share it on purpose.

    Raises:
        FileError: it cannot be created, is not a folder, or is not writable.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"progress: cannot create the folder {folder} ({error.strerror}). {ADVICE}"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"progress: the folder {folder} is not writable. {ADVICE}")


def filesystem(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The type of the file system that holds `path`, such as "ext4" or "nfs4".

    The empty string if the system has no such list.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
        place = path.resolve()
    except (OSError, RuntimeError):
        return ""
    holder, kind = Path(), ""
    for line in lines:
        fields = line.split(" ")
        # The list writes a space in a name as \040.
        point = Path(fields[1].replace("\\040", " "))
        # Of two mounts on the same point, the later one hides the earlier one.
        if place.is_relative_to(point) and len(point.parts) >= len(holder.parts):
            holder, kind = point, fields[2]
    return kind


def is_network(kind: str) -> bool:
    """Whether a file system of this type is shared between machines.

    >>> is_network("nfs4"), is_network("ext4")
    (True, False)
    """
    return kind in _NETWORK
