"""The clauses of the contract of stores, a file for each part of the port."""
