"""The command line: one module a command, options in, one call, print. The only importer of typer."""
