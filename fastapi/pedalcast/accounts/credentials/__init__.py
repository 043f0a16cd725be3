"""What people prove themselves with: passwords, single-use links, addresses and the mails to them."""
