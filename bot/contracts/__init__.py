"""What crosses a border between two parts of the house: frozen values and protocols."""
