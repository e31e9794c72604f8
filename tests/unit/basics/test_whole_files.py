import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from asr_regress.basics.whole_files import check_folder, write_whole

LIMITED = (
    "import resource, sys; from pathlib import Path; from asr_regress.basics.whole_files import write_whole\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
    "folder = Path(sys.argv[1])\n"
    "try: write_whole({folder / 'a': b'new', folder / 'b': b'new' * 10_000})\n"
    "except OSError as error: print(error.strerror)\n"
)


def test_every_file_or_none(tmp_path: Path):
    """A real limit on the size of files stands for a disk that fills up between the first file and the second."""
    write_whole({tmp_path / "deep/er/a": b"old", tmp_path / "deep/er/b": b"old"})
    folder = tmp_path / "deep/er"
    result = subprocess.run([sys.executable, "-c", LIMITED, folder], capture_output=True, text=True, check=True)
    assert result.stdout == "File too large\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"old", "b": b"old"}


def test_others_may_read_what_the_mask_lets_them(tmp_path: Path):
    mask = os.umask(0o027)
    try:
        write_whole({tmp_path / "a": b""})
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_name_as_long_as_names_may_be(tmp_path: Path):
    write_whole({tmp_path / ("한" * 85): b"new"})
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


def test_a_check_leaves_nothing_and_makes_no_folder(tmp_path: Path):
    check_folder(tmp_path / "new" / "folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", ["file", "link", "zero byte", "device"])
def test_what_is_no_folder_to_write_into_is_refused(tmp_path: Path, make: str):
    folder = tmp_path / "a" / "b"
    match make:
        case "file":
            (tmp_path / "a").touch()
        case "link":
            (tmp_path / "a").symlink_to(tmp_path / "nowhere")
        case "zero byte":
            folder = tmp_path / "a\0b"
        case _:
            folder = Path("/dev/null/a")
    with pytest.raises((OSError, ValueError), match=r"is a file|is a link|null (byte|character)"):
        check_folder(folder)
