"""What the editor of a draft shows and reads, as pure functions of a loaded version: its lines with their sums (`outline`),
a rule while it is written (`preview`, `samples`), settings as lines of text (`grade_lines`), where
a data item is used (`usage`), what a change came to (`changes`).
"""
