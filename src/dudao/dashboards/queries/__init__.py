"""Reads across domains: what somebody has to do, how the work stands, what a word finds. Nothing here is stored anywhere."""
