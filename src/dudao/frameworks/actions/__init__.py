"""Every write of indicator systems, by subject: packs, versions, the nodes of a draft."""
