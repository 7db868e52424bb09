"""Accounts, appointments and roles; how people log in; who holds a right where."""
