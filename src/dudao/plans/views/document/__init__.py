"""Pages of plans as documents: the list, bringing one in, the review screen, the published page, amendments."""
