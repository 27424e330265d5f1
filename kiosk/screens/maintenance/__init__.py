"""The technician's pages: the same parts as the resident's, under an ink head, and denser."""
