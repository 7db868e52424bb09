"""Forms of papers: the draft of each kind from its fields, files that come back, the seal."""
