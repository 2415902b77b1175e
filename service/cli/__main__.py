"""`python -m service.cli`. A training child starts as a copy of this module, so there is nothing in it."""

from service.cli.commands import main

main(prog_name="run")
