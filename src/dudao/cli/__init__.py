"""The command line ``dudao``: one of the platform's doors. It holds no rules; it prepares, calls and prints."""

from dudao.cli.main import main

__all__ = ["main"]
