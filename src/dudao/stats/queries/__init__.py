"""Reads of statistics, split by subject: catalogue (items and rules), rounds, returns, balance."""
