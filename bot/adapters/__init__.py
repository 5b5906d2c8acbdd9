"""What the dialogue, the gateway and the console ask for, over the store and over SMTP."""
