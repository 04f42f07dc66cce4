"""PowerOffice Go, API v2."""
