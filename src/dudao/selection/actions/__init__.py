"""Every write of selection, one public function per intention, split by subject."""
