"""Files of many formats as one text with pages and headings, read in a process of its own."""
