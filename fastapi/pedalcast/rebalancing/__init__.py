"""What to bring where: stations that will probably be empty or full, and stations whose bikes nobody takes."""
