"""The page of a check, for a controller."""
