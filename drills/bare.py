"""`python -m drills bare`: the two commands of the README on a fresh Debian 12 with python3 and python3-venv alone.

Makes the root with debootstrap, so it needs root, debootstrap and a Debian mirror. The root shares this machine's
network: its tests reach the databases that run here unless `--without-servers` points them elsewhere.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from drills.faults import Missing
from tests.acceptance.running import ROOT

SUITE = "bookworm"
PACKAGES = "python3,python3-venv"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
#: What a root needs of the kernel.
MOUNTS = {
    "proc": ["-t", "proc", "proc"],
    "dev": ["--bind", "/dev"],
    "dev/pts": ["--bind", "/dev/pts"],
    "dev/shm": ["-t", "tmpfs", "tmpfs"],
}
START = """
./run --port 18999 --data /tmp/bare-data > /tmp/bare.log 2>&1 &
started=$!
for _ in $(seq 600); do grep -q "is ready at" /tmp/bare.log && break; kill -0 $started || break; sleep 1; done
cat /tmp/bare.log
grep -q "is ready at" /tmp/bare.log && kill -INT $started && wait $started
"""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m drills bare", description=__doc__.split("\n")[0])
    parser.add_argument("tests", nargs="*", help="arguments of ./run test; without any, all tests")
    parser.add_argument("--without-servers", action="store_true", help="let no test reach PostgreSQL or Redis")
    given = parser.parse_args(arguments)
    try:
        with bare_root() as root:
            return start(root) or test(root, given.tests, without_servers=given.without_servers)
    except Missing as missing:
        print(f"bare: not done: {missing}", file=sys.stderr)
        return 1


@contextmanager
def bare_root() -> Iterator[Path]:
    """A root with a clone of this checkout in /feedforward. Raises Missing where it cannot be made."""
    if os.geteuid() or not shutil.which("debootstrap"):
        raise Missing("it needs root and debootstrap")
    with tempfile.TemporaryDirectory(prefix="feedforward-bare-") as folder:
        root = Path(folder)
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, folder], capture_output=True, text=True
        )
        if made.returncode:
            raise Missing(f"debootstrap failed: {made.stdout[-500:]}")
        prepare(root)
        mounted = []
        try:
            for name, options in MOUNTS.items():
                (root / name).mkdir(exist_ok=True)
                subprocess.run(["mount", *options, str(root / name)], check=True)
                mounted.append(root / name)
            yield root
        finally:
            for path in reversed(mounted):
                subprocess.run(["umount", "--lazy", str(path)], check=True)


def prepare(root: Path) -> None:
    """Copy the committed files, and what lets pip reach its index from here."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    (root / "feedforward").mkdir()
    subprocess.run(["tar", "-x", "-C", str(root / "feedforward")], input=archive, check=True)
    if CERTIFICATES.exists():
        (root / CERTIFICATES.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # Debian's installer writes it; debootstrap does not.
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost ip6-localhost\n")


def start(root: Path) -> int:
    """`./run` on its embedded default, until it is ready; then Ctrl-C."""
    return inside(root, ["sh", "-c", START])


def test(root: Path, tests: Sequence[str], *, without_servers: bool) -> int:
    nowhere = {
        "FEEDFORWARD_TEST_POSTGRES": "postgresql://nobody@127.0.0.1:1/none",
        "FEEDFORWARD_TEST_REDIS": "redis://127.0.0.1:1/0",
    }
    return inside(root, ["./run", "test", *tests], **(nowhere if without_servers else {}))


def inside(root: Path, command: Sequence[str], **environment: str) -> int:
    """The exit code of a command in /feedforward of the root, with only pip's part of this environment."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and "LINKS" not in name}
    paths = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    script = ["chroot", str(root), "sh", "-c", 'cd /feedforward && exec "$@"', "sh", *command]
    return subprocess.run(script, env=paths | kept | environment).returncode
