"""What the company has at first."""
