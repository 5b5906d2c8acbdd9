"""Takes files out of a tar archive, and nothing that could reach outside the folder they go to.

The standard library can refuse such members too, but only from Python 3.11.4 on; this works the same on every 3.11.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath


class UnsafeArchive(ValueError):
    """A member of an archive is no regular file or folder below the place it is unpacked to."""


def unpack(archive: tarfile.TarFile, members: Sequence[tarfile.TarInfo], place: Path) -> None:
    """Write regular files and folders of an archive below `place`, an existing folder.

    Owners, times and permissions are left behind. Raises UnsafeArchive, before anything is written, for an absolute
    path, a path with "..", a link, a device or a pipe.
    """
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise UnsafeArchive(f"{member.name!r} in the archive points outside of it")
        if not (member.isreg() or member.isdir()):
            raise UnsafeArchive(f"{member.name!r} in the archive is neither a file nor a folder")
    for member in members:
        target = place / member.name
        content = archive.extractfile(member)
        if content is None:  # a folder
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, target.open("wb") as written:
            shutil.copyfileobj(content, written)
