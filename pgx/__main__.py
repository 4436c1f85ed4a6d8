"""`python -m pgx`."""

from pgx.cli.app import main

main()
