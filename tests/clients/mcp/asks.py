"""Uploads, trains and predicts by the official client of the Model Context Protocol, and prints what it saw as JSON.

Run by the Python of the environment of mcp: `python asks.py http://127.0.0.1:8000 MODE TABLE.csv`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from mcp import Client, MCPError

ENDED = ("succeeded", "failed", "cancelled")
ROW = {"island": "Torgersen", "year": 2007, "bill_length_mm": 39.1, "bill_depth_mm": 18.7}


async def story(url: str, mode: str, table: str) -> dict[str, Any]:
    """One conversation, as an assistant would have it. The client checks every result against its tool's schema."""
    async with Client(f"{url}/mcp", mode=mode) as client:
        listed = await client.list_tools()
        seen: dict[str, Any] = {"revision": client.protocol_version, "tools": [tool.name for tool in listed.tools]}

        async def call(tool: str, **arguments: Any) -> Any:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        name = f"talk-{mode}"
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
        wrong = await client.call_tool("train", {"network": name, "epochs": 0})
        seen["wrong"] = [wrong.is_error, json.loads(wrong.content[0].text)["errors"]]
        try:
            await client.call_tool("forecast", {})
        except MCPError as error:
            seen["unknown"] = [error.error.code, error.error.message]
        return seen


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_text()))))
