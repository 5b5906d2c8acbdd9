"""The ASE candidate assistant: rules, records, answers, understanding, dialogue and the front door."""
