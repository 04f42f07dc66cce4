"""What Severa checks before it stores, and what follows when it has stored."""
