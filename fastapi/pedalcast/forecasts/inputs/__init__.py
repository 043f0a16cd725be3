"""What a forecast starts from: the window of polls, station metadata, drift samples."""
