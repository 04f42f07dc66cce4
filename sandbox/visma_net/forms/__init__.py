"""What request bodies hold."""
