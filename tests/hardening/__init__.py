"""What hostile and unlucky input may cost, and what may break: nothing."""
