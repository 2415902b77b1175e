"""docker-compose.yml, and what its proxy makes of the nginx block."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def proxy_block(folder: Path) -> str:
    """What the proxy's container runs before nginx, with its two paths in a folder here."""
    script = SERVICES["proxy"]["command"][2].partition(" && exec nginx")[0]
    made = folder / "default.conf"
    script = script.replace("/feedforward.conf", str(ROOT / "deploy" / "nginx.conf"))
    subprocess.run(["sh", "-c", script.replace("/etc/nginx/conf.d/default.conf", str(made))], check=True)
    return made.read_text()
