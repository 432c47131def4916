"""What happens to an image by accident or by sharing."""
