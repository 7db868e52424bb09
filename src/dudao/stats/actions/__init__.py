"""Every write of statistics, split by subject: catalogue, rounds, returns, uploads, balance."""
