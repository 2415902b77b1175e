"""`/mcp`: the Model Context Protocol, in its 2026-07-28 revision and the older ones."""

import base64
import json

import jsonschema
import pytest

from service.access.keys import create_key
from service.domain.access import ANYBODY
from tests.api.doors import client_for, client_with, make_key

MODERN, OLD = "2026-07-28", "2025-11-25"
META = {"io.modelcontextprotocol/protocolVersion": MODERN}
TABLE = "mass,island,species\n" + "".join(
    f"{3000 + 100 * number},{'Dream' if number % 2 else 'Biscoe'},{'Gentoo' if number > 9 else 'Adelie'}\n"
    for number in range(20)
)


@pytest.fixture
def talk(client):
    """Send a message as a client of the newest revision does; give status and body."""

    def send(method, name=None, *, headers=None, **params):
        params |= {"_meta": META, **({} if name is None else {"name": name})}
        told = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method, **({} if name is None else {"Mcp-Name": name})}
        body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        answer = client.post("/mcp", json=body, headers=told | (headers or {}))
        assert answer.mimetype == "application/json" and answer.json["id"] == 7
        return answer.status_code, answer.json

    return send


@pytest.fixture
def old(client):
    """Send a message as a client of an older revision does; give its body."""
    return lambda method, **params: old_message(client, method, **params)


def old_message(client, method, **params):
    answer = client.post("/mcp", json={"jsonrpc": "2.0", "id": "a", "method": method, "params": params})
    assert answer.status_code == 200 and answer.json["id"] == "a"
    return answer.json


@pytest.fixture
def call(client):
    """Call a tool, and check what it gives against its own schema."""
    return lambda tool, **arguments: call_with(client, tool, **arguments)


def call_with(client, tool, **arguments):
    result = old_message(client, "tools/call", name=tool, arguments=arguments)["result"]
    assert [item["type"] for item in result["content"]] == ["text"]
    told = json.loads(result["content"][0]["text"])
    if result["isError"]:
        assert "structuredContent" not in result and told["status"] >= 400
    else:
        assert result["structuredContent"] == told
        [schema] = [each["outputSchema"] for each in tools_of(client) if each["name"] == tool]
        jsonschema.validate(told, schema)
    return told


def tools_of(client):
    return old_message(client, "tools/list")["result"]["tools"]


def test_the_newest_revision_discovers_without_a_handshake(talk):
    status, answer = talk("server/discover")
    result = answer["result"]
    assert status == 200 and result["supportedVersions"] == [MODERN] and result["capabilities"] == {"tools": {}}
    assert result["resultType"] == "complete" and result["cacheScope"] == "private" and result["ttlMs"] > 0
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "feedforward"
    assert talk("tools/list")[1]["result"]["tools"] and talk("ping")[1]["result"]["resultType"] == "complete"


@pytest.mark.parametrize(
    ("wanted", "given"), [("2025-06-18", "2025-06-18"), (OLD, OLD), ("1999-01-01", OLD), (None, OLD)]
)
def test_older_revisions_begin_with_a_handshake_and_have_no_session(client, wanted, given):
    body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": wanted}}
    answer = client.post("/mcp", json=body)
    assert answer.json["result"]["protocolVersion"] == given and "Mcp-Session-Id" not in answer.headers
    noted = client.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert noted.status_code == 202 and noted.data == b""
    assert old_message(client, "ping")["result"] == {}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"MCP-Protocol-Version": OLD}, "MCP-Protocol-Version"),
        ({"Mcp-Method": "ping"}, "Mcp-Method"),
        ({"Mcp-Name": "train"}, "Mcp-Name"),
        ({"Mcp-Name": "=?base64?!?="}, "Mcp-Name"),
    ],
)
def test_headers_that_say_something_else_than_the_body_are_rejected(talk, headers, told):
    status, answer = talk("tools/call", "list", arguments={"what": "jobs"}, headers=headers)
    assert status == 400 and answer["error"]["code"] == -32020 and told in answer["error"]["message"]


def test_a_name_may_be_encoded(talk):
    encoded = f"=?base64?{base64.b64encode(b'list').decode()}?="
    status, answer = talk("tools/call", "list", arguments={"what": "jobs"}, headers={"Mcp-Name": encoded})
    assert status == 200 and answer["result"]["structuredContent"]["data"] == []


def test_an_unknown_revision_is_told_the_known_ones(client):
    meta = {"io.modelcontextprotocol/protocolVersion": "2030-01-01"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"_meta": meta}}
    answer = client.post("/mcp", json=body, headers={"MCP-Protocol-Version": "2030-01-01", "Mcp-Method": "ping"})
    assert answer.status_code == 400 and answer.json["error"]["code"] == -32022
    assert (
        answer.json["error"]["data"]["requested"] == "2030-01-01"
        and MODERN in answer.json["error"]["data"]["supported"]
    )


def test_unknown_methods_and_tools_are_errors_of_the_protocol(talk, old):
    status, answer = talk("resources/list")
    assert (status, answer["error"]["code"]) == (404, -32601)
    assert old("resources/list")["error"]["code"] == -32601 and talk("initialize")[0] == 404
    assert old("server/discover")["error"]["code"] == -32601
    status, answer = talk("tools/call", "forecast", arguments={})
    assert (status, answer["error"]["code"]) == (200, -32602) and "predict" in answer["error"]["message"]
    for arguments in ("x", [], 0, False, ""):
        assert old("tools/call", name="list", arguments=arguments)["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff", -32700),
        (b"[]", -32600),
        (b"1", -32600),
        (b'{"jsonrpc": "2.0"}', -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32600),
    ],
)
def test_what_is_no_message_is_rejected(client, body, code):
    answer = client.post("/mcp", data=body)
    assert answer.status_code == 400 and answer.json["error"]["code"] == code and answer.json["jsonrpc"] == "2.0"


def test_only_post_is_answered_and_no_page_of_another_site(client):
    for method in ("GET", "DELETE"):
        answer = client.open("/mcp", method=method)
        assert answer.status_code == 405 and answer.json["error"]["code"] == -32000
    answer = client.post("/mcp", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and answer.json["error"]["data"]["type"] == "/problems/cross_site"


def test_every_tool_has_sound_schemas_in_a_fixed_order_and_says_whether_it_reads(client):
    tools = tools_of(client)
    assert [tool["name"] for tool in tools] == ["upload_table", "propose", "create_network", "train", "watch_training",
        "predict", "explain", "evaluate", "list", "promote"]  # fmt: skip
    assert {tool["name"] for tool in tools if not tool["annotations"]["readOnlyHint"]} == {
        "upload_table", "create_network", "train", "promote"}  # fmt: skip
    for tool in tools:
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object" and "#/components" not in json.dumps(schema)
    assert tools == tools_of(client) and len(json.dumps([tool["inputSchema"] for tool in tools])) < 80_000


def test_an_assistant_goes_from_a_table_to_a_promoted_network(call):
    assert call("upload_table", name="birds", csv=TABLE, types={"mass": "number"})["rows"] == 20
    proposal = call("propose", dataset="birds", target=["species"])
    assert call("create_network", **proposal["network"])["labels"] == ["Adelie", "Gentoo"]
    job = call("train", **proposal["train"])
    assert job["status"] == "queued" and call("watch_training", job=job["id"], wait=0.05)["id"] == job["id"]
    row = {"mass": 3000, "island": "Dream"}
    assert call("predict", network="birds-species", inputs=[row])["trained"] is False
    explained = call("explain", network="birds-species", inputs=[row], output="Gentoo")
    assert set(explained["attributions"][0]["inputs"]) == {"mass", "island"}
    assert call("promote", network="birds-species", snapshot="initial", note="why")["version"] == 1
    assert call("promote", network="birds-species", version=1, alias="test")["alias"] == "test"
    assert call("evaluate", network="birds-species", dataset="birds")["chosen_by"] == "alias"
    counts = {
        what: len(call("list", what=what)["data"]) for what in ("datasets", "networks", "jobs", "schedules", "models")
    }
    assert counts == {"datasets": 1, "networks": 1, "jobs": 1, "schedules": 0, "models": 0}
    for what, count in (("versions", 1), ("aliases", 2), ("jobs", 1)):
        assert len(call("list", what=what, network="birds-species", limit=5)["data"]) == count


def test_rows_are_a_table_too_and_a_name_has_revisions(call):
    rows = [{"a": 1, "b": "x"}, {"a": None, "b": "y"}]
    assert call("upload_table", name="r", rows=rows)["rows"] == 2
    again = call("upload_table", name="r", rows=[*rows, {"a": 3, "b": "z"}], revision=True)
    assert again["revision"] == 2
    page = call("list", what="datasets", limit=1)
    assert page["has_more"] is False and page["last_id"]


@pytest.mark.parametrize(
    ("tool", "arguments", "pointer", "told"),
    [
        ("upload_table", {"name": "x"}, "#/csv", "one of the two"),
        ("upload_table", {"name": "x", "csv": "a\n1\n", "types": {"a": "text"}}, "#/types/a/value", "must be one of"),
        ("upload_table", {"name": "x", "csv": "a\n1\n", "type": {}}, "#/type", "did you mean"),
        ("propose", {"dataset": "x"}, "#/target", "required"),
        (
            "create_network",
            {"name": "x", "inputs": 1, "layers": [{"type": "dense", "unit": 1}]},
            "#/layers/0/unit",
            "units",
        ),
        ("train", {"network": "cheese", "epochs": 0}, "#/epochs", "at least 1"),
        ("watch_training", {"job": "job_1", "wait": 60}, "#/wait", "between 0 and 25"),
        ("predict", {"network": "cheese", "inputs": [[1]]}, "#/inputs/0", "2 numbers"),
        ("explain", {"network": "cheese", "inputs": [[1, 2]], "output": "x"}, "#/attributions/output", "like"),
        ("evaluate", {"network": "cheese", "data": {"inputs": [[1, 2]], "targets": ["x"]}}, "#/data/targets/0", "like"),
        ("list", {"what": "cats"}, "#/what", "must be one of"),
        ("list", {"what": "versions"}, "#/network", "required"),
        ("list", {"what": "models", "network": "cheese"}, "#/network", "does not select"),
        ("promote", {"network": "cheese"}, "#/version", "one of the two"),
        ("promote", {"network": "cheese", "version": 0}, "#/version", ""),
    ],
)
def test_a_mistake_is_a_result_that_names_the_field(call, network, count_rows, tool, arguments, pointer, told):
    before = count_rows()
    problem = call(tool, **arguments)
    assert problem["status"] in (400, 422) and count_rows() == before
    assert any(issue.get("pointer") == pointer and told in issue["detail"] for issue in problem["errors"]), problem


def test_what_is_not_there_is_told(call):
    assert call("propose", dataset="a/b", target=["x"])["status"] == 404
    assert call("watch_training", job="job_1")["status"] == 404
    assert call("promote", network="nobody", version=1)["status"] == 404


def test_each_tool_needs_the_scope_of_what_it_does(app, storage, network):
    reader, user, trainer, manager = (
        client_for(app, storage, scope) for scope in ("read", "predict", "train", "manage")
    )
    asked = {"network": "cheese", "inputs": [[1, 2]]}
    assert call_with(reader, "list", what="networks")["data"] and call_with(user, "predict", **asked)["outputs"]
    assert "scope predict" in call_with(reader, "predict", **asked)["detail"]
    assert "scope train" in call_with(user, "upload_table", name="x", csv="a,b\n1,2\n")["detail"]
    assert call_with(trainer, "upload_table", name="x", csv="a,b\n1,2\n")["rows"] == 1
    assert "scope manage" in call_with(trainer, "promote", network="cheese", snapshot="initial")["detail"]
    assert call_with(manager, "promote", network="cheese", snapshot="initial")["version"] == 1


def test_without_a_key_nothing_is_told_and_another_ones_things_do_not_exist(app, storage, spec):
    client_for(app, storage, "admin").post("/networks", json=spec)
    stranger = client_for(app, storage, "predict", networks=["other-*"])
    answer = app.test_client().post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers and answer.json["error"]["code"] == -32000
    assert call_with(stranger, "list", what="networks")["data"] == []
    assert call_with(stranger, "predict", network="cheese", inputs=[[1, 2]])["status"] == 404


def test_the_audit_has_what_a_tool_did_under_its_own_name(app, storage, network):
    key, secret = make_key(storage, "admin", name="assistant")
    admin = client_with(app, secret)
    call_with(admin, "promote", network="cheese", snapshot="initial")
    call_with(admin, "list", what="jobs")
    assert len({entry["request_id"] for entry in admin.get("/audit").json["data"][:2]}) == 1
    told = [(entry["action"], entry["key_name"]) for entry in admin.get("/audit").json["data"]]
    assert told[:2] == [("moveAlias", "assistant"), ("publishVersion", "assistant")]
    assert "callTool" not in {action for action, _ in told} and key.id


def test_limits_of_a_key_hold_for_tools(app, storage, network):
    wanted = {"name": "few", "scopes": ["predict"], "networks": None, "expires_in_seconds": None}
    _, secret = create_key(storage, ANYBODY, wanted | {"limits": {"predict": "1/hour"}})
    client = client_with(app, secret)
    assert call_with(client, "predict", network="cheese", inputs=[[1, 2]])["outputs"]
    assert call_with(client, "predict", network="cheese", inputs=[[1, 2]])["status"] == 429
    assert call_with(client, "list", what="networks")["data"]


def test_headers_cannot_stand_in_for_a_caller(app, storage):
    make_key(storage, "admin")
    answer = app.test_client().get("/networks", headers={"feedforward.within": "x", "Feedforward-Within": "x"})
    assert answer.status_code == 401
