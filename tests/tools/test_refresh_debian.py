"""The Debian tables are made from a small index as apt stores it, and the difference is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.system.blocks import BlockTable, pack_lines
from tools import refresh_debian
from tools.debian_index.contents import classify
from tools.debian_index.difference import describe

PACKAGES = """\
Package: libdemo-dev
Section: libdevel
Version: 1:2.3-4
Depends: libdemo1 (= 2.3)

Package: libdemo2-dev
Section: libdevel
Version: 2.3-4

Package: libdemo-old-dev
Section: oldlibs
Version: 2.3-4
Description: transitional package
Depends: libdemo-dev

Package: libdemo-cross
Version: 2.3-4

Package: libdemo1
Section: libs
Version: 2.3-4
Provides: libdemo-abi
"""
SOURCES = """\
Package: demo-user
Binary: demo-user, python3-demo
Build-Depends: debhelper-compat (= 13), libdemo-dev | libdemo2-dev,
 libother-dev [amd64]
"""
CONTENTS = """\
usr/include/demo/demo.h                    libdevel/libdemo-dev,libdevel/libdemo2-dev,cross/libdemo-cross
usr/lib/x86_64-linux-gnu/libdemo.so        libdevel/libdemo-dev
usr/lib/x86_64-linux-gnu/libdemo.so.1      libs/libdemo1
usr/lib/x86_64-linux-gnu/libdemo.so.1.2.3  libs/libdemo1
usr/lib/x86_64-linux-gnu/pkgconfig/demo.pc libdevel/libdemo-dev
usr/bin/demo-config                        libdevel/libdemo-dev
usr/share/doc/libdemo-dev/README           libdevel/libdemo-dev
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    for suite in ("bullseye", "bookworm", "trixie"):
        lists = tmp_path / suite / "state/lists"
        lists.mkdir(parents=True)
        (lists / "mirror_main_binary-amd64_Packages").write_text(PACKAGES)
        (lists / "mirror_main_source_Sources").write_text(SOURCES)
        gone = "" if suite == "trixie" else CONTENTS
        (lists / "mirror_main_Contents-amd64").write_text(gone or CONTENTS.replace("demo-config", "demo2-config"))
    return tmp_path


def test_the_tables_are_made_from_the_index(scratch: Path):
    tables = refresh_debian.build(scratch)
    assert tables["debian-files"] == [
        "bin\tdemo-config\tbk=libdemo-dev",
        "bin\tdemo2-config\tt=libdemo-dev",
        "h\tdemo.h/demo\tlibdemo-dev libdemo2-dev",
        "lib\tdemo\tlibdemo-dev",
        "pc\tdemo\tlibdemo-dev",
        "so\tlibdemo.so.1\tlibdemo1",
    ]
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in tables["debian-packages"]}
    assert rows["libdemo-dev"] == ["bkt", "1", "libdevel", "", "2.3 2.3 2.3"]
    assert rows["libdemo-old-dev"][3] == "libdemo-dev"
    assert rows["libdemo-abi"] == ["", "0", "virtual", "b=libdemo1;k=libdemo1;t=libdemo1", ""]


def test_what_changed_is_shown_and_written_only_where_asked(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    data = tmp_path / "data"
    data.mkdir()
    (data / "debian-files.blocks").write_bytes(pack_lines(["pc\tdemo\tlibdemo2-dev", "pc\told\tlibold-dev"]))
    monkeypatch.setattr(refresh_debian, "DATA", data)
    monkeypatch.setattr("sys.argv", ["refresh_debian.py", str(scratch), "--no-fetch"])
    assert refresh_debian.main() == 1
    told = capsys.readouterr().out
    assert "- pc old  libold-dev" in told
    assert "~ pc demo  libdemo2-dev -> libdemo-dev" in told
    assert not (data / "debian-packages.blocks").exists()
    monkeypatch.setattr("sys.argv", ["refresh_debian.py", str(scratch), "--no-fetch", "--write"])
    assert refresh_debian.main() == 0
    assert BlockTable((data / "debian-files.blocks").read_bytes()).row("pc", "demo") == ("libdemo-dev",)


@pytest.mark.parametrize(
    ("path", "kind", "key"),
    [
        ("usr/include/x86_64-linux-gnu/curl/curl.h", "h", "curl.h/curl"),
        ("usr/include/eigen3/Eigen/Core", "h", "Core/Eigen/eigen3"),
        ("bin/ls", "bin", "ls"),
        ("usr/share/pkgconfig/eigen3.pc", "pc", "eigen3"),
        ("usr/lib/x86_64-linux-gnu/cmake/Demo/DemoConfig.cmake", "cmake", "Demo"),
        ("usr/lib/x86_64-linux-gnu/libz.a", "lib", "z"),
        ("usr/lib/x86_64-linux-gnu/girepository-1.0/Gtk-3.0.typelib", "gi", "Gtk-3.0"),
    ],
)
def test_a_path_is_what_somebody_would_miss(path: str, kind: str, key: str):
    assert classify(path) == (kind, key)


def test_equal_tables_have_no_difference():
    assert describe("debian-packages", ["a\tb\t1"], ["a\tb\t1"]) == ""
