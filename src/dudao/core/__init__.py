"""The mechanism every domain stands on: rights, workflow, audit, files, jobs, notices, pages. No word of education in here."""
