"""Which scope each route needs: one table over the URL map. What is not in it is for admins alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter

from service.domain.access import Scope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
READ, PREDICT, TRAIN, MANAGE, ADMIN = Scope


def _versioned(rest: str, method: str, scope: Scope) -> dict[str, dict[str, Scope | None]]:
    """Rules of an address of a model of the Open Inference Protocol, and of one of its versions."""
    return {f"/v2/models/<model>{version}{rest}": {method: scope} for version in ("", "/versions/<version>")}


#: By rule and method, where `*` stands for every method; None needs no key. HEAD needs what GET does.
RULES: Mapping[str, Mapping[str, Scope | None]] = {
    # For everybody: probes, the page's files, what a problem means.
    "/": {"GET": None},
    "/static/<name>": {"GET": None},
    "/favicon.ico": {"GET": None},
    "/healthz": {"GET": None},
    "/readyz": {"GET": None},
    "/problems/<code>": {"GET": None},
    # About the service.
    "/docs": {"GET": READ},
    "/docs/start.js": {"GET": READ},
    "/docs/<path:name>": {"GET": READ},
    "/openapi.json": {"GET": READ},
    "/metrics": {"GET": READ},
    # Networks and their weights.
    "/networks": {"GET": READ, "POST": TRAIN},
    "/networks/import": {"POST": TRAIN},
    "/networks/<network>": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "/networks/<network>/history": {"GET": READ},
    "/networks/<network>/weights": {"GET": READ, "POST": MANAGE},
    "/networks/<network>/export": {"GET": READ},
    "/networks/<network>/snapshots": {"GET": READ, "POST": MANAGE},
    "/networks/<network>/snapshots/<snapshot>": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "/networks/<network>/snapshots/<snapshot>/weights": {"GET": READ},
    "/networks/<network>/live": {"GET": READ},
    "/networks/<network>/versions": {"GET": READ, "POST": MANAGE},
    "/networks/<network>/versions/<version>": {"GET": READ, "DELETE": MANAGE},
    "/networks/<network>/aliases": {"GET": READ},
    "/networks/<network>/aliases/<alias>": {"GET": READ, "PUT": MANAGE, "DELETE": MANAGE},
    "/networks/<network>/aliases/<alias>/rollback": {"POST": MANAGE},
    "/networks/<network>/aliases/<alias>/moves": {"GET": READ},
    "/networks/<network>/diff": {"GET": READ},
    "/models": {"GET": READ},
    "/models/<model>": {"GET": READ, "DELETE": MANAGE},
    "/models/<model>/aliases": {"GET": READ},
    "/models/<model>/aliases/<alias>": {"GET": READ, "PUT": MANAGE, "DELETE": MANAGE},
    "/models/<model>/aliases/<alias>/rollback": {"POST": MANAGE},
    "/models/<model>/aliases/<alias>/moves": {"GET": READ},
    "/networks/<network>/answers": {"GET": READ, "DELETE": MANAGE},
    "/networks/<network>/monitoring": {"GET": READ},
    "/networks/<network>/calibration": {"GET": READ},
    "/networks/<network>/drift": {"GET": READ},
    "/networks/<network>/events": {"GET": READ},
    # Asking a network.
    "/predict": {"GET": PREDICT, "POST": PREDICT},
    "/predictions": {"POST": TRAIN},
    "/feedback": {"POST": PREDICT},
    "/evaluate": {"POST": PREDICT},
    "/explain": {"POST": PREDICT},
    "/networks/<network>/explain": {"POST": PREDICT},
    # The Open Inference Protocol.
    "/v2/health/live": {"GET": None},
    "/v2/health/ready": {"GET": None},
    "/v2": {"GET": READ},
    "/v2/": {"GET": READ},
    "/v2/models": {"GET": READ},
    **_versioned("", "GET", READ),
    **_versioned("/ready", "GET", READ),
    **_versioned("/config", "GET", READ),
    **_versioned("/stats", "GET", READ),
    "/v2/models/stats": {"GET": READ},
    **_versioned("/infer", "POST", PREDICT),
    "/v2/repository/index": {"POST": READ},
    "/v2/repository/models/<model>/load": {"POST": MANAGE},
    "/v2/repository/models/<model>/unload": {"POST": MANAGE},
    # KServe's first protocol.
    "/v1/models": {"GET": READ},
    "/v1/models/<model>": {"GET": READ},
    "/v1/models/<model>:predict": {"POST": PREDICT},
    # MLflow's tracking API, of which only reading is answered.
    "/api/2.0/mlflow/experiments/get": {"GET": READ},
    "/api/2.0/mlflow/experiments/get-by-name": {"GET": READ},
    "/api/2.0/mlflow/experiments/search": {"POST": READ},
    "/api/2.0/mlflow/runs/get": {"GET": READ},
    "/api/2.0/mlflow/runs/search": {"POST": READ},
    "/api/2.0/mlflow/metrics/get-history": {"GET": READ},
    # For assistants: a tool asks for what it needs, in the name of the caller, by the rules of those routes.
    "/mcp": {"POST": READ},
    # Jobs.
    "/train": {"POST": TRAIN},
    "/jobs": {"GET": READ},
    "/jobs/summary": {"GET": READ},
    "/jobs/<job>": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "/jobs/<job>/cancel": {"POST": TRAIN},
    "/jobs/<job>/pause": {"POST": TRAIN},
    "/jobs/<job>/resume": {"POST": TRAIN},
    "/jobs/<job>/restart": {"POST": TRAIN},
    "/jobs/<job>/events": {"GET": READ},
    "/jobs/<job>/history": {"GET": READ},
    "/jobs/<job>/rows": {"GET": READ},
    "/jobs/<job>/frames": {"GET": READ},
    "/events": {"GET": READ},
    "/history": {"GET": READ},
    # Schedules.
    "/schedules": {"GET": READ, "POST": TRAIN},
    "/schedules/<schedule>": {"GET": READ, "PATCH": TRAIN, "DELETE": TRAIN},
    "/schedules/<schedule>/run": {"POST": TRAIN},
    # Searches.
    "/searches": {"GET": READ, "POST": TRAIN},
    "/searches/<search>": {"GET": READ, "DELETE": MANAGE},
    "/searches/<search>/trials": {"GET": READ, "POST": TRAIN},
    "/searches/<search>/importances": {"GET": READ},
    "/searches/<search>/cancel": {"POST": TRAIN},
    "/searches/<search>/pause": {"POST": TRAIN},
    "/searches/<search>/resume": {"POST": TRAIN},
    "/searches/<search>/publish": {"POST": MANAGE},
    # Data sets.
    "/datasets": {"GET": READ, "POST": TRAIN},
    "/datasets/<dataset>": {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE},
    "/datasets/<dataset>/preview": {"GET": READ},
    "/datasets/<dataset>/rows": {"GET": READ},
    "/datasets/<dataset>/table.parquet": {"GET": READ},
    "/datasets/<dataset>/proposal": {"GET": READ},
    "/datasets/<dataset>/reread": {"POST": TRAIN},
    # Keys and sessions.
    "/session": {"GET": READ, "POST": None, "DELETE": READ},
    "/sessions": {"GET": ADMIN},
    "/sessions/<session>": {"DELETE": ADMIN},
    "/audit": {"GET": ADMIN},
    "/keys": {"GET": ADMIN, "POST": ADMIN},
    "/keys/<key>": {"GET": ADMIN, "DELETE": ADMIN},
    "/keys/<key>/rotate": {"POST": ADMIN},
}


#: Asked by POST, although nothing changes, or only by requests inside it that are on record themselves.
ASKED = frozenset({"/v2/repository/index", "/api/2.0/mlflow/experiments/search", "/api/2.0/mlflow/runs/search", "/mcp"})
#: Where a job makes another one.
SUBMITS = frozenset({"/jobs/<job>/restart"})
#: Where a file is read.
UPLOADS = frozenset({"/datasets", "/datasets/<dataset>/reread"})
#: The same by method and path, for the paths without arguments.
EXACT = {
    (method, path): scope for path, methods in RULES.items() if "<" not in path for method, scope in methods.items()
}


#: So many paths are kept with the rule that they match, and none that is longer.
MAX_KEPT, MAX_KEPT_PATH = 1000, 200


class Match(NamedTuple):
    """What a request leads to."""

    rule: str
    method: str  #: GET for HEAD
    path: str


class Routes:
    """The rules of one application's routes. A path without arguments is found without matching it."""

    def __init__(self, url_map: Map) -> None:
        self._url_map = url_map
        self._adapter: MapAdapter | None = None
        self._found: dict[tuple[str, str], str | None] = {}

    def scope(self, method: str, path: str) -> Scope | None:
        """What a request needs; None: no key. A path that leads nowhere needs what reading does."""
        method = "GET" if method == "HEAD" else method
        if (method, path) in EXACT:
            return EXACT[method, path]
        if method == "OPTIONS":
            return READ
        # Not by the path: a network may be called `import`, and its other methods are those of any network.
        rule = self._rule(method, path)
        return READ if rule is None else needed(rule, method)

    def bucket(self, method: str, path: str) -> str | None:
        """Against which limit of its key a request counts, of `service.domain.key_limits.BUCKETS`."""
        method = "GET" if method == "HEAD" else method
        if (method, path) in EXACT:
            return bucket(path, method)
        rule = None if method in SAFE else self._rule(method, path)
        return None if rule is None else bucket(rule, method)

    def match(self, method: str, path: str) -> Match | None:
        method = "GET" if method == "HEAD" else method
        rule = path if (method, path) in EXACT else self._rule(method, path)
        return None if rule is None else Match(rule, method, path)

    def _rule(self, method: str, path: str) -> str | None:
        """Matching takes a tenth of what a prediction takes, and most requests ask for a few paths again and again."""
        found = self._found  # Another thread may begin a new one in between.
        if (method, path) in found:
            return found[method, path]
        rule = self._matched(method, path)
        if len(path) <= MAX_KEPT_PATH:
            if len(self._found) >= MAX_KEPT:
                self._found = {}
            self._found[method, path] = rule
        return rule

    def _matched(self, method: str, path: str) -> str | None:
        if self._adapter is None:
            self._adapter = self._url_map.bind("localhost")
        try:
            rule, _ = self._adapter.match(path, method=method, return_rule=True)
        except HTTPException:
            return None
        return str(rule.rule)


def bucket(rule: str, method: str) -> str | None:
    """None for what only reads, and for what steers jobs or cleans up."""
    scope = needed(rule, method)
    if scope is PREDICT:
        return "predict"
    if scope is not TRAIN or (rule.startswith("/jobs/") and rule not in SUBMITS) or method in ("PATCH", "DELETE"):
        return None
    return "uploads" if rule in UPLOADS else "train"


def needed(rule: str, method: str) -> Scope | None:
    """By rule and method; READ for a method that the rule has not, which Flask then rejects."""
    if rule not in RULES:
        return ADMIN
    return RULES[rule].get(method, READ)
