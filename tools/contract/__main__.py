"""`python -m tools.contract`: fails where `openapi.json` breaks clients of the last release without saying so."""

from __future__ import annotations

import sys

from tools.contract.releases import faults

found = faults()
for line in found:
    print(line, file=sys.stderr)
sys.exit(bool(found))
