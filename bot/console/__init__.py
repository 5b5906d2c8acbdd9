"""What support agents work with: pure services over the store and the dialogue; no HTTP."""
