"""The Lambda as a zip: the collector and its pinned libraries, byte for byte the same from the same sources.

`make lambda-zip` fetches wheels for Lambda's platform; with `--installed` the libraries of this environment are taken.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lambda.txt"
COLLECTOR = ROOT / "lambda" / "collector"
PLATFORM = "x86_64-manylinux_2_28"  # Amazon Linux 2023 has glibc 2.34
PYTHON = "3.12"
LARGEST = 15_000_000  # bytes
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
LEFT_OUT = ("__pycache__", ".pyc", ".pyi", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")


def main() -> None:
    """Build the zip, print its size and hash; fail where it is larger than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--python", default=PYTHON, help=f"version of Lambda's runtime (default {PYTHON})")
    parser.add_argument("--uv", default=str(Path(sys.executable).with_name("uv")))
    parser.add_argument("--installed", action="store_true", help="take this environment's libraries, fetch nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        libraries = Path(folder)
        if options.installed:
            copy_installed(libraries)
        else:
            fetch(libraries, options.uv, options.python)
        size = pack(libraries, options.target)
    digest = hashlib.sha256(options.target.read_bytes()).hexdigest()
    print(f"{options.target}: {size / 1e6:.1f} MB, sha256 {digest}")
    if size > LARGEST:
        sys.exit(f"the zip is larger than {LARGEST / 1e6:.0f} MB")


def fetch(folder: Path, uv: str, python: str) -> None:
    """Install the pinned wheels of Lambda's platform into `folder`, hashes checked."""
    command = [uv, "pip", "install", "--quiet", "--target", str(folder), "--require-hashes", "--only-binary", ":all:"]
    command += ["--python-platform", PLATFORM, "--python-version", python, "-r", str(LOCK)]
    subprocess.run(command, check=True)  # noqa: S603 (its own arguments)


def copy_installed(folder: Path) -> None:
    """Copy the pinned libraries of this environment into `folder`. ValueError where a version is not the pinned one."""
    for requirement in pinned():
        installed = distribution(requirement.name)
        if installed.version not in requirement.specifier:
            raise ValueError(f"{requirement} is pinned, {installed.version} is installed")
        for file in installed.files or []:
            if file.parts[0] == "..":  # scripts
                continue
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target)


def pinned() -> list[Requirement]:
    """The libraries that the lock pins, as far as they are wanted on this platform."""
    lines = re.findall(r"^([a-zA-Z0-9][^\\\n]*)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    requirements = [Requirement(line.strip()) for line in lines]
    return [one for one in requirements if one.marker is None or one.marker.evaluate()]


def pack(libraries: Path, target: Path) -> int:
    """Write the collector and the libraries into one zip whose bytes depend on their contents alone; its size."""
    files = dict(_files(libraries, libraries)) | dict(_files(COLLECTOR, COLLECTOR.parent))
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = (stat.S_IFREG | (0o755 if name.endswith(".so") else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes())
    return target.stat().st_size


def _files(folder: Path, base: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        name = path.relative_to(base).as_posix()
        if path.is_file() and not name.startswith("bin/") and not any(part in name for part in LEFT_OUT):
            yield name, path


if __name__ == "__main__":
    main()
