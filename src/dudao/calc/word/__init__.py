"""A .docx read once for all: the package with its limits, the order of what stands in it, its automatic numbers. Pure.

    package = Package(data)                       # WordError, TooLarge
    for block in inside(package.document, PARAGRAPH, TABLE): …

What the text means is left to `calc.worktext`, how it looks to `core.documents`. Nothing is run, nothing is fetched.
"""
