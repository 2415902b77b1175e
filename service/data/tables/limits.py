"""How wide a table may be."""

MAX_COLUMNS = 10_000
