"""What the company holds at the start: its set-up and what the world says exists here."""
