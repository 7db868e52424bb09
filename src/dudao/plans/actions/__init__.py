"""Every write of plans, one public function per intention, split by subject."""
