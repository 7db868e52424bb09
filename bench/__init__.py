"""What things cost, each against a peer in the same run. ``make bench`` runs it; nothing here is shipped."""
