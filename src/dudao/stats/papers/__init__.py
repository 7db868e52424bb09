"""What statistics give out as files."""
