"""Workbench and pages across domains: reads everything, owns no table."""
