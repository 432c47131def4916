"""The starter set's builder."""
