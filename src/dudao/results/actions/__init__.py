"""Every write of results, one public function per intention, split by subject."""
