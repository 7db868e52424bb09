"""Every write of evaluations, one public function per intention, split by subject."""
