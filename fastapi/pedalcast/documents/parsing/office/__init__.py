"""Files of word processors: DOCX, HWPX, HWP 5."""
