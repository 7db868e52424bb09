"""The one tree of units, their stages, names and contacts, and how they change in time."""
