"""What people asked, offered and reported, one module for each kind of case."""
