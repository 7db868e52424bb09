"""Dudao (督导): the working platform of a municipal education supervision office."""

__version__ = "0.1.0"
