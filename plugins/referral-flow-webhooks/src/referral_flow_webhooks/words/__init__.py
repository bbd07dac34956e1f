"""What is said of a request that is not taken for a webhook."""
