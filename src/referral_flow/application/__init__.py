"""The application: runs processes, and knows no rule of any."""
