"""Statistics (数据监测): data items, yearly returns of schools with their checks, imports, balance runs."""
