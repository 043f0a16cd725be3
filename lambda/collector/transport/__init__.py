"""HTTP to feeds under a deadline, with secrets kept out of logs."""
