"""The intent model on public sets of intent data."""
