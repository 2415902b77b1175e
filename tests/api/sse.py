"""Server-Sent Events, read as a browser reads them."""

import json

STREAM = {"Accept": "text/event-stream"}


def messages(text):
    """What an EventSource makes of a stream: messages of (event, data, id)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields["event"], json.loads(fields["data"]), fields["id"]))
    return found


def told(found):
    """Every epoch and every event of some messages, in order."""
    for kind, data, _ in found:
        if kind == "epochs":
            yield from ((data["job"], "epoch", row["epoch"]) for row in data["epochs"])
        elif kind != "end":
            yield data["job"], "event", data["seq"]
