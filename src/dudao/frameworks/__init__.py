"""Indicator systems (指标体系库): versions with their trees, drafting, checking, comparing, publishing, and national packs.

The meaning of a system (rules, marks, findings) is in `dudao.calc.tree` and `dudao.calc.score`; here versions are stored,
changed by named actions, and frozen when published. What is evaluated with them is left to others.
"""
