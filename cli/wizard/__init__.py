"""The wizard behind `severa-sync init`: asks what cannot be read, offers what can, and writes the tenant file."""
