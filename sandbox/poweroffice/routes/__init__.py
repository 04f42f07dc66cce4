"""Every call of the contract's openapi.json but those of keys (token, onboarding)."""
