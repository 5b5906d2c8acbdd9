"""Unpacking a trained archive: its files as they are, and nothing from a hostile one."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from bot.nlu.archive import UnsafeArchive, unpack
from bot.nlu.reader import MARK, Reader, opened


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    """A member of an archive."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, link, mode
    return made


def packed(path: Path, *members: tarfile.TarInfo, content: bytes = b"content") -> Path:
    """An archive; every regular file in it has the same content."""
    with tarfile.open(path, "w:gz") as archive:
        for one in members:
            one.size = len(content) if one.isreg() else 0
            archive.addfile(one, io.BytesIO(content) if one.isreg() else None)
    return path


def unpacked(path: Path, place: Path) -> None:
    """Unpack a whole archive."""
    place.mkdir()
    with tarfile.open(path) as archive:
        unpack(archive, archive.getmembers(), place)


def everything(place: Path) -> list[str]:
    """What lies below a folder."""
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))


def test_files_and_folders_come_out_as_they_are(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.tar.gz", member("./top.txt"), member("deep/empty", tarfile.DIRTYPE), member("deep/er/x")
    )
    unpacked(path, tmp_path / "place")
    assert everything(tmp_path / "place") == ["deep", "deep/empty", "deep/er", "deep/er/x", "top.txt"]
    assert (tmp_path / "place" / "deep" / "er" / "x").read_bytes() == b"content"


def test_permissions_stay_behind(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.gz", member("tool", mode=0o6777), member("shut", tarfile.DIRTYPE, mode=0))
    unpacked(path, tmp_path / "place")
    assert (tmp_path / "place" / "tool").stat().st_mode & 0o7111 == 0
    assert (tmp_path / "place" / "shut").stat().st_mode & 0o700 == 0o700


HOSTILE = {
    "absolute": member("/outside"),
    "double slash": member("//outside"),
    "above": member("../outside"),
    "above, later": member("folder/../../outside"),
    "above and back": member("folder/../inside"),
    "folder above": member("../folder", tarfile.DIRTYPE),
    "symbolic link out": member("link", tarfile.SYMTYPE, "/etc"),
    "symbolic link inside": member("link", tarfile.SYMTYPE, "good"),
    "hard link": member("link", tarfile.LNKTYPE, "good"),
    "hard link out": member("link", tarfile.LNKTYPE, "../outside"),
    "character device": member("device", tarfile.CHRTYPE),
    "block device": member("device", tarfile.BLKTYPE),
    "pipe": member("pipe", tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_member_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.gz", member("good"), HOSTILE[name])
    with pytest.raises(UnsafeArchive):
        unpacked(path, tmp_path / "place")
    assert everything(tmp_path) == ["a.tar.gz", "place"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    path = packed(tmp_path / "a.tar.gz", member("door", tarfile.SYMTYPE, str(outside)), member("door/file"))
    with pytest.raises(UnsafeArchive):
        unpacked(path, tmp_path / "place")
    assert everything(outside) == []


@pytest.mark.parametrize("folder", ["/train_x", "../train_x", "train/../../x"])
def test_no_model_is_read_from_a_hostile_archive(folder: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "model.tar.gz", member(f"{folder}/{MARK}"))
    with pytest.raises(UnsafeArchive), opened(path):
        pass
    with pytest.raises(UnsafeArchive):
        Reader.load(path)


def test_a_link_beside_the_model_is_refused(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "model.tar.gz", member(f"train/{MARK}"), member("train/more", tarfile.SYMTYPE, "/etc/hosts")
    )
    with pytest.raises(UnsafeArchive, match="train/more"), opened(path):
        pass
