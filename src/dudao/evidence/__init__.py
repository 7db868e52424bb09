"""The evidence library (佐证材料库): what a unit keeps to prove what it says, once, with effective dates and versions.

It outlives campaigns: plans, findings and evaluations only point here (`uses`, `actions.links`). It leaves to them what a piece of
evidence is worth.
"""
