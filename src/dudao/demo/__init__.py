"""The demo city: generated institutions, people and a year in progress, marked as demo data. Tests use the same builders."""
