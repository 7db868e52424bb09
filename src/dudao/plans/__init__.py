"""The year's work plan: from the issued document to tasks, county rows, progress, lights and the ledger."""
