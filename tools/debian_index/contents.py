"""What a path of Contents is to somebody who misses it: a header, a command, a library..."""

from __future__ import annotations

import re

TRIPLET = "x86_64-linux-gnu/"
HEADER = re.compile(
    r"\.(?:h|hh|hpp|hxx|h\+\+|H|inc|ipp|tcc|tpp|inl|cuh|pxd|pxi|i|modulemap|def|txx|icc|hin|swg)$|^[^.]+$"
)
COMMAND = re.compile(r"^(?:usr/)?(?:s?bin|games)/([^/]+)$")
PKG_CONFIG = re.compile(r"^usr/(?:lib64|lib/x86_64-linux-gnu|lib|share)/(?:[^/]+/){0,2}pkgconfig/([^/]+)\.pc$")
CMAKE = re.compile(r"^usr/(?:lib|share)/.*/([\w.+-]+?)(?:Config|-config)\.cmake$")
TYPELIB = re.compile(r"/girepository-1\.0/([^/]+)\.typelib$")
MACROS = re.compile(r"^usr/share/aclocal/([^/]+\.m4)$")
# Folders of libraries that the loader or the linker reaches through alternatives or configuration.
LIBRARY = re.compile(
    r"^(?:usr/)?lib(?:64)?/(?:x86_64-linux-gnu/)?"
    r"(?:(?:blas|lapack|openblas-[a-z]+|atlas|hdf5/serial|openmpi/lib|mpich/lib|netcdf|odbc|mysql|graphviz|samba|nss|"
    r"pulseaudio|pgsql|dri|mit-krb5|llvm-\d+/lib)/)?"
    r"(lib[^/]+)$"
)
SONAME = re.compile(r"\.so\.\d|^lib.*-\d[\d.]*\.so$")


def classify(path: str) -> tuple[str, str] | None:
    """Return the kind and key of a path, None where nobody asks for it."""
    for kind, pattern in (("bin", COMMAND), ("pc", PKG_CONFIG), ("cmake", CMAKE), ("gi", TYPELIB), ("m4", MACROS)):
        match = pattern.search(path)
        if match:
            return kind, match[1]
    return _header(path) or _library(path)


def _header(path: str) -> tuple[str, str] | None:
    if path.startswith("usr/include/"):
        inner = path.removeprefix("usr/include/").removeprefix(TRIPLET)
    elif path.startswith("usr/lib/") and "/include/" in path and "/perl/" not in path:
        inner = path.rpartition("/include/")[2]
    else:
        return None
    parts = inner.split("/")
    return ("h", "/".join(reversed(parts))) if HEADER.search(parts[-1]) else None


def _library(path: str) -> tuple[str, str] | None:
    match = LIBRARY.search(path)
    if not match:
        return None
    name = match[1]
    if SONAME.search(name):
        return "so", name
    for ending in (".so", ".a"):
        if name.endswith(ending):
            return "lib", name.removeprefix("lib").removesuffix(ending)
    return None
