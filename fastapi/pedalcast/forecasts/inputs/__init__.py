"""What a forecast starts from: the window of polls and the stations' metadata."""
