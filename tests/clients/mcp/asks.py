"""Uploads, trains and predicts by the official client of the Model Context Protocol, and prints what it saw as JSON.

Run by the Python of the environment of mcp: `python asks.py http://127.0.0.1:8000 MODE TABLE.csv`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from mcp import Client, MCPError

#: What the transcript shows of a tool's result.
SHOWN = {
    "upload_table": ("name", "rows"),
    "propose": ("network", "train"),
    "create_network": ("name", "parameter_count", "labels"),
    "train": ("status", "epochs"),
    "watch_training": ("status", "epoch"),
    "predict": ("labels", "predictions"),
    "explain": ("labels",),
    "evaluate": ("rows", "evaluated_on"),
    "promote": ("alias", "version"),
}
MAX_SHOWN = 120
ENDED = ("succeeded", "failed", "cancelled")
ROW = {"island": "Torgersen", "year": 2007, "bill_length_mm": 39.1, "bill_depth_mm": 18.7}


async def story(url: str, mode: str, table: str) -> dict[str, Any]:
    """One conversation, as an assistant would have it. The client checks every result against its tool's schema."""
    async with Client(f"{url}/mcp", mode=mode) as client:
        listed = await client.list_tools()
        seen: dict[str, Any] = {"revision": client.protocol_version, "tools": [tool.name for tool in listed.tools]}
        name, said = f"talk-{mode}", dict[str, tuple[Any, Any]]()

        async def call(tool: str, **arguments: Any) -> Any:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content
            said[tool] = arguments, result.structured_content
            return result.structured_content

        dataset = await call("upload_table", name=name, csv=table)
        proposal = await call("propose", dataset=dataset["id"], target=["species"])
        await call("create_network", **{**proposal["network"], "name": name})
        job = await call("train", **{**proposal["train"], "network": name, "epochs": 20, "early_stopping": None})
        while job["status"] not in ENDED:
            job = await call("watch_training", job=job["id"], wait=5)
        seen["job"] = [job["status"], job["epoch"]]
        seen["labels"] = (await call("predict", network=name, inputs=[ROW]))["labels"]
        seen["explained"] = sorted((await call("explain", network=name, inputs=[ROW]))["attributions"][0]["inputs"])
        seen["rows"] = (await call("evaluate", network=name))["evaluated_on"]["rows"]
        seen["promoted"] = (await call("promote", network=name, snapshot="live", note="good"))["version"]
        seen["networks"] = [network["name"] for network in (await call("list", what="networks"))["data"]]
        seen["transcript"] = transcript(said)
        wrong = await client.call_tool("train", {"network": name, "epochs": 0})
        seen["wrong"] = [wrong.is_error, json.loads(wrong.content[0].text)["errors"]]
        try:
            await client.call_tool("forecast", {})
        except MCPError as error:
            seen["unknown"] = [error.error.code, error.error.message]
        return seen


def transcript(said: dict[str, tuple[Any, Any]]) -> list[str]:
    """The last call of each tool: what was sent, and what came back."""
    lines = []
    for tool, fields in SHOWN.items():
        arguments, result = said[tool]
        lines += [f"-> {tool} {shown(arguments)}", f"<- {shown({field: result[field] for field in fields})}"]
    return lines


def shown(value: Any) -> str:
    """The same in each mode: they share the table, as its bytes are equal."""
    text = re.sub(r"_[0-9a-f]{24}", "_1", json.dumps(value, ensure_ascii=False))
    text = re.sub(r"talk-(auto|legacy|\d{4}-\d\d-\d\d)", "penguins", text)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_text()))))
